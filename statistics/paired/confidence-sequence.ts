import type { Interval } from "../off-policy/interval.ts";

/** Each bound is wrong at any look with this probability, at most. */
export const SEQUENCE_ALPHA = 0.05;
/** The bounds are narrowest after so many numbers; they hold after any. */
const NARROWEST_AT = 5_000;

/**
 * Bounds of a mean that hold at all looks together: whoever looks again after each further number, and stops when
 * it suits, is misled by each bound with a probability of at most `SEQUENCE_ALPHA`. Asymptotic confidence sequence
 * of Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas (2024), one-sided on both sides. It needs finite variances and
 * some dozens of numbers, and no bound on them.
 *
 * @param count of the numbers, at least 1
 * @param variance of the numbers, with the divisor `count`
 */
export function confidenceSequence(mean: number, variance: number, count: number): Interval {
  const log = -2 * Math.log(2 * SEQUENCE_ALPHA);
  const spread = (count * (log + Math.log(log) + 1)) / NARROWEST_AT + 1;
  const scale = (2 * spread) / (count * (spread - 1));
  const reach = Math.sqrt(variance * scale * Math.log1p(Math.sqrt(spread) / (2 * SEQUENCE_ALPHA)));
  return [mean - reach, mean + reach];
}
