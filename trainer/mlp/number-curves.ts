import { log } from "./elementary.ts";

const { fround } = Math;

/** Rises from 0 at `from` to 1, by `scale` for each unit, in float32. */
export interface Ramp {
  readonly from: number;
  readonly scale: number;
}

/** The score of a number: `start`, and of each ramp its value times `rise`. */
export interface Curve {
  readonly start: number;
  readonly ramps: readonly (Ramp & { readonly rise: number })[];
}

/** What the inputs of a column of numbers are made by. */
export interface NumberCurves {
  /** Its values as a normal distribution has them, with mean 0 and deviation 1. */
  readonly score: Curve;
  /** From one quarter of its values to the next. */
  readonly quarters: readonly Ramp[];
}

/** Between these shares of the values a score is linear; beyond the first and the last it is what it is there. */
const SHARES = [0.001, 0.01, 0.05, 0.125, 0.25, 0.375, 0.5, 0.625, 0.75, 0.875, 0.95, 0.99, 0.999];
const QUARTERS = [0.001, 0.25, 0.5, 0.75, 0.999];
/** Values that curves are drawn from, at most: every so many of more. */
const ENOUGH = 20_000;

/**
 * Curves through the values' quantiles. A value that many rows have has the score of the middle of them.
 *
 * @param values none is missing @returns undefined: they do not differ
 */
export function curvesOf(values: Float32Array): NumberCurves | undefined {
  const every = Math.ceil(values.length / ENOUGH);
  const some = Float32Array.from({ length: Math.ceil(values.length / Math.max(every, 1)) }, (_, at) => {
    return values[at * every]!;
  });
  const sorted = some.toSorted();
  const knots = knotsOf(sorted, SHARES);
  const ramps = rampsOf(knots);
  if (ramps.length === 0) return undefined;
  const scores = knots.map((knot) => normalOf(rankOf(sorted, knot)));
  const raw: Curve = {
    start: scores[0]!,
    ramps: ramps.map((ramp, at) => ({ ...ramp, rise: scores[at + 1]! - scores[at]! })),
  };
  let [sum, squares] = [0, 0];
  for (const value of sorted) {
    const score = scoreOf(value, raw);
    sum += score;
    squares += score * score;
  }
  const mean = sum / sorted.length;
  const deviation = Math.sqrt(Math.max(squares / sorted.length - mean * mean, 1e-12));
  const score: Curve = {
    start: fround((raw.start - mean) / deviation),
    ramps: raw.ramps.map((ramp) => ({ ...ramp, rise: fround(ramp.rise / deviation) })),
  };
  return { score, quarters: rampsOf(knotsOf(sorted, QUARTERS)) };
}

/** In the steps of the graph, so that both round alike. */
export function rampOf(value: number, from: number, scale: number): number {
  const risen = fround(fround(value - from) * scale);
  return risen < 0 ? 0 : risen > 1 ? 1 : risen;
}

export function scoreOf(value: number, { start, ramps }: Curve): number {
  let score = start;
  for (const ramp of ramps) {
    // The ramps behind it have not begun.
    if (value <= ramp.from) break;
    score = fround(score + fround(rampOf(value, ramp.from, ramp.scale) * ramp.rise));
  }
  return score;
}

/** The values at these shares, without those that are alike. */
function knotsOf(sorted: Float32Array, shares: readonly number[]): readonly number[] {
  const own = sorted.length === 0 ? [] : shares.map((share) => sorted[Math.round(share * (sorted.length - 1))]!);
  return own.filter((value, at) => at === 0 || isApart(own[at - 1]!, value));
}

function rampsOf(knots: readonly number[]): readonly Ramp[] {
  return knots.slice(1).map((to, at) => ({ from: knots[at]!, scale: fround(1 / (to - knots[at]!)) }));
}

/** Whether the slope between them is a number. */
const isApart = (from: number, to: number): boolean => {
  const scale = fround(1 / (to - from));
  return scale > 0 && Number.isFinite(scale);
};

/** The share of the values below it, and half of those that are it. */
function rankOf(sorted: Float32Array, value: number): number {
  const below = countWhere(sorted, (each) => each < value);
  const upTo = countWhere(sorted, (each) => each <= value);
  return Math.min(Math.max((below + upTo) / 2 / sorted.length, 0.001), 0.999);
}

/** How many of the first values it is true of; it is false of all behind them. */
function countWhere(sorted: Float32Array, is: (value: number) => boolean): number {
  let [from, to] = [0, sorted.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (is(sorted[middle]!)) from = middle + 1;
    else to = middle;
  }
  return from;
}

/** The value that this share of a normal distribution is below (Winitzki 2008), within 0.005. */
function normalOf(share: number): number {
  const centred = 2 * share - 1;
  const left = log(1 - centred * centred);
  const part = 2 / (Math.PI * CURVATURE) + left / 2;
  return Math.sign(centred) * Math.sqrt(2 * (Math.sqrt(part * part - left / CURVATURE) - part));
}

const CURVATURE = 0.147;
