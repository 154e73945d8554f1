import type * as OnnxRuntime from "onnxruntime-node";
import { readOnnxGraph } from "./onnx-graph.ts";
import { loadOnnxRuntime, ON_THIS_THREAD } from "./onnx-runtime.ts";
import type { Predictor } from "./predictor.ts";
import { DomainError } from "../../schemas/index.ts";

/**
 * A model run by ONNX Runtime, which works on the calling thread. The library is loaded for the first such model
 * (`PACKAGE_MISSING` if it is not installed). Trees
 * run all rows at once; any other graph runs row by row (11 µs each), so that a replay with other batches gives the
 * same bits.
 *
 * @param reason why it is not run here
 */
export async function openOnnxModel(onnx: Uint8Array, reason = "asked for"): Promise<Predictor> {
  const { InferenceSession, Tensor } = await loadOnnxRuntime("this model", reason);
  const session = await InferenceSession.create(onnx, ON_THIS_THREAD).catch((cause: unknown) => {
    throw new DomainError(
      "BAD_MODEL",
      `these ${onnx.length} bytes do not load as an ONNX model; publish the model again`,
      cause,
    );
  });
  const { input, outputs, columns, oneRow } = await signature(session);
  const run = async (features: Float32Array, rows: number): Promise<readonly Float32Array[]> => {
    const results = await session.run({ [input]: new Tensor("float32", features, [rows, columns]) });
    return outputs.map((output) => {
      const predictions = results[output]?.data;
      if (predictions instanceof Float32Array && predictions.length === rows) return predictions;
      throw new DomainError(
        "BAD_MODEL",
        `the model's output ${output} is not one float32 a row; publish one with outputs float[N, 1]`,
      );
    });
  };
  const bytes = onnx.length;
  if (isTrees(onnx)) return { columns, outputs, bytes, predict: run, release: () => session.release() };
  return {
    columns,
    outputs,
    bytes,
    async predict(features, rows) {
      const predictions = outputs.map(() => new Float32Array(rows));
      for (let row = 0; row < rows; row++) {
        const found = await run(features.subarray(row * columns, (row + 1) * columns), 1);
        for (let at = 0; at < predictions.length; at++) predictions[at]![row] = found[at]![0]!;
      }
      return predictions;
    },
    together: oneRow ? undefined : run,
    release: () => session.release(),
  };
}

const TREES: ReadonlySet<string> = new Set(["ai.onnx.ml.TreeEnsembleRegressor", "Sigmoid"]);

/**
 * Whether the graph consists of trees alone. Their bits do not depend on the other rows; the bits of matrix products
 * do, by the library's choice of a kernel.
 */
function isTrees(onnx: Uint8Array): boolean {
  return readOnnxGraph(onnx).nodes.every(({ operator }) => TREES.has(operator));
}

async function signature(
  session: OnnxRuntime.InferenceSession,
): Promise<{ input: string; outputs: readonly string[]; columns: number; oneRow: boolean }> {
  const input = session.inputNames[0];
  const outputs = [...session.outputNames];
  const shape = session.inputMetadata[0];
  const [rows, columns] = shape?.isTensor ? shape.shape : [];
  if (session.inputNames.length === 1 && input !== undefined && outputs.length > 0 && typeof columns === "number") {
    return { input, outputs, columns, oneRow: typeof rows === "number" };
  }
  await session.release();
  throw new DomainError(
    "BAD_MODEL",
    `a model needs one input float[N, columns]; this one has ${session.inputNames.join(", ") || "none"}`,
  );
}
