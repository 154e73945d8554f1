import { shareOf } from "../../blueprints/index.ts";

/**
 * How often each row is in a sample with replacement: Poisson numbers of mean 1 (Oza and Russell 2001). They follow from
 * the row's name alone, so that a row is in the same heads of every training.
 *
 * @param ids names of the rows
 * @param head from 1
 * @param weights of the rows; absent: 1 each
 */
export function bootstrapWeights(
  ids: readonly string[],
  head: number,
  seed: number,
  weights: Float32Array | undefined,
): Float32Array {
  return Float32Array.from(ids, (id, at) => poissonOf(shareOf(`${seed}\0${head}\0${id}`)) * (weights?.[at] ?? 1));
}

/** The inverse of the distribution with mean 1. */
function poissonOf(draw: number): number {
  let [count, probability] = [0, Math.exp(-1)];
  for (let sum = probability; draw >= sum && count < 20; sum += probability) {
    count++;
    probability /= count;
  }
  return count;
}
