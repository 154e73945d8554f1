import { makeInputs, type InputPlan } from "./input-plan.ts";
import type { Network } from "./network.ts";
import { runNetwork } from "./run-network.ts";

/** Values that are predicted for all columns together, at most; but 32 rows at least. */
const VALUES = 100_000;

/**
 * How much each column moves the network: the mean squared difference of its outputs when the column has another row's
 * value, as a share of the sum over all columns. All zeros if no column moves it.
 */
export function columnShares(
  network: Network,
  features: Float32Array,
  rows: number,
  columns: number,
  plan: InputPlan,
): readonly number[] {
  const used = new Set([...plan.numbers, ...plan.categories].map(({ column }) => column).concat(plan.missing));
  const count = Math.min(rows, Math.max(32, Math.floor(VALUES / (columns * Math.max(used.size, 1)))));
  const sample = new Float32Array(count * columns);
  for (let at = 0; at < count; at++) {
    const row = Math.floor((at * rows) / count);
    sample.set(features.subarray(row * columns, (row + 1) * columns), at * columns);
  }
  const own = runNetwork(network, makeInputs(sample, count, columns, plan));
  const moved = Array.from({ length: columns }, (_, column) => {
    if (!used.has(column)) return 0;
    const changed = sample.slice();
    // Neighbours in time are alike: the value is of a row half of them away.
    const away = Math.ceil(count / 2);
    for (let at = 0; at < count; at++) {
      changed[at * columns + column] = sample[((at + away) % count) * columns + column]!;
    }
    const outputs = runNetwork(network, makeInputs(changed, count, columns, plan));
    return outputs.reduce((sum, output, at) => sum + (output - own[at]!) * (output - own[at]!), 0);
  });
  const sum = moved.reduce((total, one) => total + one, 0);
  return moved.map((one) => (sum === 0 ? 0 : one / sum));
}
