/** Probabilities of n actions that are all the same. */
export const equal = (n: number): number[] => new Array<number>(n).fill(1 / n);

/** All of it for one action. */
export function only(n: number, at: number): number[] {
  const all = new Array<number>(n).fill(0);
  all[at] = 1;
  return all;
}

/**
 * Proportional to exp(score / temperature). A missing score has none, unless all are missing: then the first has all.
 *
 * @param temperature above 0
 */
export function softmax(scores: readonly (number | null)[], temperature: number): number[] {
  let most = -Infinity;
  for (const score of scores) if (score !== null && score > most) most = score;
  if (most === -Infinity) return only(scores.length, 0);
  const weights = scores.map((score) => (score === null ? 0 : Math.exp((score - most) / temperature)));
  const sum = weights.reduce((all, weight) => all + weight, 0);
  return weights.map((weight) => weight / sum);
}

/** Each at least the floor; all the same if so many can't have it. */
export function withFloor(probabilities: readonly number[], floor: number): readonly number[] {
  const n = probabilities.length;
  if (floor === 0) return probabilities;
  if (n * floor >= 1) return equal(n);
  return probabilities.map((probability) => floor + (1 - n * floor) * probability);
}

/** The place at whose end of cumulated probability the draw lies below. A place without probability is never drawn. */
export function placeAt(draw: number, probabilities: readonly number[]): number {
  let end = 0;
  for (let at = 0; at < probabilities.length; at++) {
    end += probabilities[at]!;
    if (probabilities[at]! > 0 && draw < end) return at;
  }
  return probabilities.findLastIndex((probability) => probability > 0);
}
