/** A distribution of a number, tabulated: points that go up, with the probability of being at most there and the density. */
export interface Belief {
  readonly points: Float64Array;
  /** From 0 to 1. */
  readonly cumulated: Float64Array;
  readonly density: Float64Array;
}

/** Steps of a table. */
const STEPS = 128;
/** A normal distribution is beyond so many standard deviations once in 10^15. */
const WIDTH = 8;
/** The tail of a beta distribution, in logarithms of its odds. */
const TAIL = 34;
/** Beyond it a share is 0 or 1, whatever is compared with it. */
const MOST_ODDS = 1e6;

/** The least width of a belief, by the size of its mean. */
const POINT = 1e-12;

/**
 * @param deviation 0: a point, almost
 * @param least the least width
 */
export function normalBelief(
  mean: number,
  deviation: number,
  least: number = POINT * Math.max(1, Math.abs(mean)),
): Belief {
  const width = Math.max(deviation, least);
  return tabulate(mean - WIDTH * width, mean + WIDTH * width, (x) => {
    const z = (x - mean) / width;
    return { log: -0.5 * z * z, slope: -z / width };
  });
}

/**
 * Of the logarithm of the odds: what is best by it is best by the share too, and its density has no end that is infinite.
 *
 * @param alpha above 0
 * @param beta above 0
 */
export function betaBelief(alpha: number, beta: number): Belief {
  const top = Math.log(alpha / beta);
  const most = alpha * top - (alpha + beta) * softplus(top);
  const width = WIDTH * Math.sqrt(1 / alpha + 1 / beta);
  const [left, right] = [Math.max(width, TAIL / alpha), Math.max(width, TAIL / beta)];
  return tabulate(top - Math.min(left, MOST_ODDS), top + Math.min(right, MOST_ODDS), (x) => ({
    log: alpha * x - (alpha + beta) * softplus(x) - most,
    slope: alpha - (alpha + beta) / (1 + Math.exp(-x)),
  }));
}

/** Steps of a table of finer steps. */
const FINE_STEPS = 512;

/**
 * A beta belief of the area hyperbolic sine of the log-odds: as good to compare by, and its tails of 1 / alpha and its top
 * have about the same width. So it is right where alpha or beta is small; and it has no difference of large numbers.
 *
 * @param alpha above 0
 * @param beta above 0
 */
export function fineBetaBelief(alpha: number, beta: number): Belief {
  const top = Math.log(alpha / beta);
  const all = alpha + beta;
  const [p, q] = [alpha / all, beta / all];
  const width = WIDTH * Math.sqrt(1 / alpha + 1 / beta);
  const [left, right] = [Math.max(width, TAIL / alpha), Math.max(width, TAIL / beta)];
  return tabulate(
    Math.asinh(top - left),
    Math.asinh(top + right),
    (y) => {
      const off = Math.sinh(y) - top;
      const log = off > 0 ? -beta * off - all * logOf(off, p, q) : alpha * off - all * logOf(-off, q, p);
      const slope = off > 0 ? -beta * fall(off, p, q) : alpha * fall(-off, q, p);
      const stretch = Math.cosh(y);
      return { log: log + Math.log(stretch), slope: slope * stretch + Math.tanh(y) };
    },
    FINE_STEPS,
  );
}

/** log(p + q exp(-x)) of p + q = 1 and x of at least 0, without cancellation. */
const logOf = (x: number, p: number, q: number): number =>
  x < 1 ? Math.log1p(q * Math.expm1(-x)) : Math.log(p + q * Math.exp(-x));

const fall = (x: number, p: number, q: number): number => (-p * Math.expm1(-x)) / (p + q * Math.exp(-x));

/** log(1 + exp(x)) */
const softplus = (x: number): number => (x > 0 ? x + Math.log1p(Math.exp(-x)) : Math.log1p(Math.exp(x)));

/** @param of the logarithm of the density but for a constant, so that its largest value is about 0, and its slope */
function tabulate(
  from: number,
  to: number,
  of: (x: number) => { readonly log: number; readonly slope: number },
  steps = STEPS,
): Belief {
  const step = (to - from) / steps;
  const points = new Float64Array(steps + 1);
  const density = new Float64Array(steps + 1);
  const cumulated = new Float64Array(steps + 1);
  let before = 0;
  for (let at = 0; at <= steps; at++) {
    const x = from + at * step;
    const { log, slope } = of(x);
    const height = Math.exp(log);
    const rise = height * slope;
    points[at] = x;
    density[at] = height;
    // The area of a step by the heights and slopes at its ends (Euler and Maclaurin).
    if (at > 0) {
      const area = (step * (density[at - 1]! + height)) / 2 + (step * step * (before - rise)) / 12;
      cumulated[at] = cumulated[at - 1]! + Math.max(0, area);
    }
    before = rise;
  }
  const all = cumulated[steps]!;
  for (let at = 0; at <= steps; at++) {
    cumulated[at]! /= all;
    density[at]! /= all;
  }
  return { points, cumulated, density };
}

/** The probability of being at most x: cubic between the points, by the densities there. */
export function cumulatedAt({ points, cumulated, density }: Belief, x: number): number {
  const step = points[1]! - points[0]!;
  const place = (x - points[0]!) / step;
  if (!(place > 0)) return 0;
  if (place >= points.length - 1) return 1;
  const at = Math.floor(place);
  const t = place - at;
  const [a, b] = [cumulated[at]!, cumulated[at + 1]!];
  const [slopeA, slopeB] = [step * density[at]!, step * density[at + 1]!];
  const value = a + t * (slopeA + t * (3 * (b - a) - 2 * slopeA - slopeB + t * (2 * (a - b) + slopeA + slopeB)));
  return Math.min(Math.max(value, a), b);
}
