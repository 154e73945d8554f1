import { betaBelief, fineBetaBelief, normalBelief, type Belief } from "./beliefs.ts";

/** Alpha and beta between which the plain tables are right to 0.001, and faster. */
const [LEAST_PLAIN, MOST_PLAIN] = [0.5, 1e9];
/** The share of the largest mean below which a deviation is lost beside it. */
const NARROW = 1e-11;
/** Of a number, from one double to the next. */
const UNIT = 1e-15;
const POINT = 1e-12;
/** Nothing there is the largest. */
const FAR = -1e100;

type Numbers = readonly (readonly number[])[];

/** @param numbers alpha and beta of each */
export function betaBeliefs(numbers: Numbers): readonly Belief[] {
  const isPlain = numbers.every((both) => both.every((one) => one >= LEAST_PLAIN && one <= MOST_PLAIN));
  const beliefOf = isPlain ? betaBelief : fineBetaBelief;
  return numbers.map(([alpha, beta]) => beliefOf(alpha!, beta!));
}

/**
 * Where a deviation is small beside the means, numbers are taken from the largest mean, in units of the largest deviation.
 *
 * @param numbers mean and standard deviation of each
 */
export function normalBeliefs(numbers: Numbers): readonly Belief[] {
  const size = Math.max(1, ...numbers.map(([mean]) => Math.abs(mean!)));
  if (!numbers.some(([, deviation]) => deviation! > 0 && deviation! < NARROW * size))
    return numbers.map(([mean, deviation]) => normalBelief(mean!, deviation!));
  const most = Math.max(...numbers.map(([mean]) => mean!));
  const unit = Math.max(...numbers.map(([, deviation]) => deviation!));
  return numbers.map(([mean, deviation]) => {
    const from = Math.max(FAR, (mean! - most) / unit);
    return normalBelief(from, deviation! / unit, UNIT * Math.abs(from) + (deviation === 0 ? POINT : 0));
  });
}
