import type { ModelState } from "../../schemas/index.ts";

/**
 * Weights by which each step of a canary has the share among the others that it has among the canary's own: a share that
 * grows must not compare one time with another.
 *
 * @param own event times of what is the canary's, ms
 * @param others of the others
 * @param steps the canary's states, in their order
 * @returns one of each other: so many own ones of its step as there are other ones
 */
export function stepWeights(
  own: readonly number[],
  others: readonly number[],
  steps: readonly ModelState[],
): readonly number[] {
  const stepOf = (time: number): number => steps.findLastIndex((step) => step.time < time);
  const countOf = (times: readonly number[]): ReadonlyMap<number, number> => {
    const counts = new Map<number, number>();
    for (const time of times) counts.set(stepOf(time), (counts.get(stepOf(time)) ?? 0) + 1);
    return counts;
  };
  const [owned, all] = [countOf(own), countOf(others)];
  return others.map((time) => (owned.get(stepOf(time)) ?? 0) / all.get(stepOf(time))!);
}
