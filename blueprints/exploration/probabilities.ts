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

/** How far the sum of probabilities may be from 1. */
const MOST_OFF = 1e-12;

/**
 * Probabilities that are none, or that don't sum to 1, as of numbers too large to compare, are those of one action alone. No
 * other ones are drawn from or logged.
 *
 * @param own the place of that action; -1: there is none, and all are the same
 */
export function sound(probabilities: readonly number[], own: number): readonly number[] {
  let sum = 0;
  // A probability that is no number makes a sum that is none.
  for (const probability of probabilities) sum += probability >= 0 ? probability : Number.NaN;
  if (Math.abs(sum - 1) <= MOST_OFF) return probabilities;
  return own < 0 ? equal(probabilities.length) : probabilities.map((_, at) => Number(at === own));
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
