/** Probabilities of n actions that are all the same. */
export const equal = (n: number): number[] => new Array<number>(n).fill(1 / n);

/**
 * Proportional to exp(score / temperature).
 *
 * @param temperature above 0
 */
export function softmax(scores: readonly number[], temperature: number): number[] {
  let most = -Infinity;
  for (const score of scores) if (score > most) most = score;
  const weights = scores.map((score) => Math.exp((score - most) / temperature));
  const sum = weights.reduce((all, weight) => all + weight, 0);
  return weights.map((weight) => weight / sum);
}

/**
 * Exploring with a share, and one action with the rest.
 *
 * @param own the place of that action; -1: there is none, and it always explores
 */
export function shared(exploring: readonly number[], own: number, share: number): readonly number[] {
  if (share === 1 || own < 0) return exploring;
  return exploring.map((probability, at) => share * probability + (at === own ? 1 - share : 0));
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
