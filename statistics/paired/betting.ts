/** A bet has proved its point with so much: by chance it is reached at any look with a probability of at most 1 / 20. */
export const PROOF = 20;
/** Of what is at stake, so much may be bet on one number: one alone never ruins. */
const MOST_BET = 0.5;

/** What became of a stake of 1. */
export interface Wealth {
  /** After all numbers. */
  readonly now: number;
  /** The most that it ever was: `PROOF` of it says that the mean is above 1, however often somebody looked. */
  readonly most: number;
}

/**
 * Bets that numbers have a mean above 1: wealth is Π (1 + λ (x − 1)), and λ follows from the numbers before. If the mean
 * is 1 or less, no look finds a wealth of `PROOF` with a probability above 1 / `PROOF`, at any number of looks and of any
 * numbers (testing by betting; Waudby-Smith and Ramdas 2023, with their approximately growth-optimal bets).
 *
 * @param values in the order in which they came; each 0 or more
 * @throws RangeError for one below 0, or none
 */
export function betOnMean(values: Float64Array): Wealth {
  const wrong = values.findIndex((value) => !(value >= 0 && value < Number.POSITIVE_INFINITY));
  if (wrong >= 0) throw new RangeError(`betOnMean: values[${wrong}] is ${values[wrong]}; a value is finite, 0 or more`);
  let [logarithm, most] = [0, 0];
  // As if one number of 1 with a deviation of 1 had come before.
  let [count, sum, squares] = [1, 1, 1];
  for (const value of values) {
    const excess = sum / count - 1;
    const bet = Math.min(MOST_BET, Math.max(0, excess / (squares / count + excess * excess)));
    logarithm += Math.log1p(bet * (value - 1));
    most = Math.max(most, logarithm);
    count++;
    sum += value;
    squares += (value - 1) ** 2;
  }
  return { now: Math.exp(logarithm), most: Math.exp(most) };
}

/**
 * For a bet that a policy is worth more than what was logged: numbers with a mean above 1 if it is, 1 + (w − 1) r.
 *
 * @param weights w of `LoggedRewards`
 * @param rewards r, from 0 to 1
 */
export const gainsOver = (weights: Float64Array, rewards: Float64Array): Float64Array =>
  weights.map((weight, at) => 1 + (weight - 1) * rewards[at]!);
