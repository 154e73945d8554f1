import type { Estimate } from "./logged-rewards.ts";

/** In the unit of the reward. */
export type Interval = readonly [low: number, high: number];

/**
 * Normal interval: value ∓ z · standardError, with z the quantile (1 + level) / 2 of the standard normal distribution.
 * For one look at a fixed number of decisions; whoever looks again and again finds something by chance.
 *
 * @param level share of the intervals that hold the true value, in (0, 1)
 * @throws RangeError for another level
 */
export function normalInterval({ value, standardError }: Estimate, level = 0.95): Interval {
  if (!(level > 0 && level < 1)) throw new RangeError(`normalInterval: the level is ${level}; it lies between 0 and 1`);
  const reach = normalQuantile((1 + level) / 2) * standardError;
  return [value - reach, value + reach];
}

/**
 * The number below which a standard normal variable lies with this probability. Absolute error below 1e-9 between
 * 1e-15 and 1 − 1e-15: bisection of the distribution function of `normalDistribution`.
 *
 * @param probability in (0, 1)
 */
function normalQuantile(probability: number): number {
  let [low, high] = [-10, 10];
  // 64 halvings are the resolution of a double.
  for (let halving = 0; halving < 64; halving++) {
    const middle = (low + high) / 2;
    if (normalDistribution(middle) < probability) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** Φ(x) = 1/2 + φ(x) (x + x³/3 + x⁵/(3·5) + …) (Marsaglia 2004); all terms have one sign, so nothing cancels. */
function normalDistribution(x: number): number {
  if (Math.abs(x) > 9) return x > 0 ? 1 : 0;
  let [term, total] = [x, x];
  for (let odd = 3; total + term !== total; odd += 2) {
    term *= (x * x) / odd;
    total += term;
  }
  return 0.5 + (total * Math.exp(-(x * x) / 2)) / Math.sqrt(2 * Math.PI);
}
