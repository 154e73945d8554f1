import { numberWriter, type Inputs } from "./input-plan.ts";
import type { Network } from "./network.ts";

/**
 * Puts rows into the network's inputs.
 *
 * @param order the rows, of which those from `from` on are taken
 * @param codes gets their codes, as `Network.backward` needs them
 * @param codeOf another code for one of a row; absent: its own
 */
export function loadBatch(
  network: Network,
  inputs: Inputs,
  order: Int32Array,
  from: number,
  rows: number,
  codes: Int32Array,
  codeOf?: (code: number, embedding: number) => number,
): void {
  const { embeddings } = network.shape;
  const count = embeddings.length;
  const to = network.inputs;
  const size = network.layers[0]!.inputs;
  const write = numberWriter(inputs);
  for (let at = 0; at < rows; at++) {
    const row = order[from + at]!;
    write(row, to, at * size);
    for (let i = 0; i < count; i++) {
      const code = inputs.codes[row * count + i]!;
      codes[at * count + i] = codeOf === undefined ? code : codeOf(code, i);
    }
  }
  network.embed(codes, rows);
}

/** The outputs of rows, before any sigmoid: rows × heads. */
export function runNetwork(network: Network, inputs: Inputs): Float32Array {
  const { heads, embeddings } = network.shape;
  const outputs = new Float32Array(inputs.rows * heads);
  const codes = new Int32Array(network.batch * embeddings.length);
  const order = Int32Array.from({ length: inputs.rows }, (_, row) => row);
  const size = network.layers.at(-1)!.outputs;
  for (let from = 0; from < inputs.rows; from += network.batch) {
    const rows = Math.min(network.batch, inputs.rows - from);
    loadBatch(network, inputs, order, from, rows, codes);
    network.forward(rows);
    for (let at = 0; at < rows; at++) {
      outputs.set(network.outputs.subarray(at * size, at * size + heads), (from + at) * heads);
    }
  }
  return outputs;
}
