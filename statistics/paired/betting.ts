/** A bet has proved its point with so much: by chance it is reached at any look with a probability of at most 1 / 20. */
export const PROOF = 20;
/**
 * Shares of what is at stake that are bet on each number, 0.5 to 0.0099: small ones prove most with numbers that are far apart.
 * With one half at most no number ruins.
 */
export const BETS: readonly number[] = Array.from({ length: 12 }, (_, at) => 0.5 * 0.7 ** at);

/** What became of a stake of 1. */
export interface Wealth {
  /** After all numbers. */
  readonly now: number;
  /** The most that it ever was: `PROOF` of it says that the mean is above 1, however often somebody looked. */
  readonly most: number;
}

/**
 * Bets that numbers have a mean above 1. Each of `BETS`, λ, has an equal part of the stake, which becomes
 * Π (1 + λ (x − 1)); wealth is their sum. If the mean is 1 or less, no look finds a wealth of `PROOF` with a probability
 * above 1 / `PROOF`, at any number of looks and of any numbers (testing by betting; Waudby-Smith and Ramdas 2023, with a
 * mixture of constant bets as in universal portfolios; Orabona and Jun 2024).
 *
 * @param values in the order in which they came; each 0 or more
 * @throws RangeError for one below 0, or none
 */
export function betOnMean(values: Float64Array): Wealth {
  const wrong = values.findIndex((value) => !(value >= 0 && value < Number.POSITIVE_INFINITY));
  if (wrong >= 0) throw new RangeError(`betOnMean: values[${wrong}] is ${values[wrong]}; a value is finite, 0 or more`);
  const parts = new Float64Array(BETS.length).fill(1 / BETS.length);
  let [now, most] = [1, 1];
  for (const value of values) {
    now = 0;
    for (let at = 0; at < BETS.length; at++) now += parts[at]! *= 1 + BETS[at]! * (value - 1);
    most = Math.max(most, now);
  }
  return { now, most };
}

/**
 * For a bet that a policy is worth more than what was logged: numbers with a mean above 1 if it is, 1 + (w − 1) r.
 *
 * @param weights w of `LoggedRewards`
 * @param rewards r, from 0 to 1
 */
export const gainsOver = (weights: Float64Array, rewards: Float64Array): Float64Array =>
  weights.map((weight, at) => 1 + (weight - 1) * rewards[at]!);
