import type { Objective } from "../../blueprints/index.ts";
import type { TrainingMatrix } from "../../rows/index.ts";
import type { Scorer } from "../../serving/index.ts";
import { rowMajor } from "../classes.ts";
import { lossOf } from "../loss.ts";

/** Rows that are looked at: more would cost time and change the order of few. */
const MOST_ROWS = 2_000;

/**
 * By how much the mean loss of rows grows where each is given the value that another row has in a column (Breiman 2001):
 * what a model does not use changes nothing. The rows change places in a fixed way, so the same rows give the same
 * figures.
 *
 * @param outputs of the model: one, or one a class
 * @returns one number a column; zeros without rows
 */
export async function shuffleColumns(
  scorer: Scorer,
  outputs: readonly number[],
  matrix: TrainingMatrix,
  objective: Objective,
): Promise<readonly number[]> {
  const { columns } = matrix;
  const { features, labels, weights, rows } = newest(matrix);
  if (rows === 0 || weights?.every((weight) => weight === 0) === true) return new Array<number>(columns).fill(0);
  const predict = async (): Promise<Float32Array> => {
    const all = await scorer.score(features, rows);
    return rowMajor(outputs.map((output) => all[output]!));
  };
  const loss = async (): Promise<number> => lossOf(objective, await predict(), labels, weights);
  const asIs = await loss();
  const step = stepThrough(rows);
  const grown: number[] = [];
  for (let column = 0; column < columns; column++) {
    const own = Float32Array.from({ length: rows }, (_, row) => features[row * columns + column]!);
    if (own.every((value) => Object.is(value, own[0]))) {
      grown.push(0);
      continue;
    }
    for (let row = 0; row < rows; row++) features[row * columns + column] = own[(row * step + 1) % rows]!;
    grown.push((await loss()) - asIs);
    for (let row = 0; row < rows; row++) features[row * columns + column] = own[row]!;
  }
  return grown;
}

/** A copy of the newest rows. */
function newest({ features, labels, weights, rows, columns }: TrainingMatrix): TrainingMatrix {
  const from = Math.max(0, rows - MOST_ROWS);
  return {
    features: features.slice(from * columns),
    labels: labels.slice(from),
    ...(weights && { weights: weights.slice(from) }),
    rows: rows - from,
    columns,
  };
}

/** A number near the golden part of the rows without a common divisor: rows that were neighbours end far from each other. */
function stepThrough(rows: number): number {
  let step = Math.max(1, Math.round(rows * 0.618));
  while (divisor(step, rows) !== 1) step++;
  return step;
}

const divisor = (a: number, b: number): number => (b === 0 ? a : divisor(b, a % b));
