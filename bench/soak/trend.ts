import { median } from "../rounds.ts";
import { seeded } from "./random.ts";

export interface Trend {
  readonly median: number;
  /** From the first to the last of the values, along the straight line through them. */
  readonly growth: number;
  /** 95 % of the resampled growths lie between. */
  readonly low: number;
  readonly high: number;
}

const RESAMPLES = 2_000;
/** Neighbours are alike, so whole stretches are drawn, not single values. */
const BLOCK = 6;

/** The straight line through values that were taken at equal distances, and how sure it is: residuals resampled in blocks, seeded. */
export function trendOf(values: readonly number[]): Trend {
  const { slope, at } = line(values);
  const residuals = values.map((value, i) => value - at(i));
  const random = seeded(7);
  const slopes: number[] = [];
  for (let resample = 0; resample < RESAMPLES; resample++) {
    const drawn: number[] = [];
    while (drawn.length < values.length) {
      const first = Math.floor(random() * Math.max(1, values.length - BLOCK + 1));
      drawn.push(...residuals.slice(first, first + BLOCK));
    }
    slopes.push(line(values.map((_, i) => at(i) + drawn[i]!)).slope);
  }
  slopes.sort((a, b) => a - b);
  const span = Math.max(1, values.length - 1);
  return {
    median: median(values),
    growth: slope * span,
    low: slopes[Math.floor(0.025 * RESAMPLES)]! * span,
    high: slopes[Math.ceil(0.975 * RESAMPLES) - 1]! * span,
  };
}

function line(values: readonly number[]): { readonly slope: number; readonly at: (i: number) => number } {
  const middle = (values.length - 1) / 2;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  let [above, below] = [0, 0];
  for (const [i, value] of values.entries()) {
    above += (i - middle) * (value - mean);
    below += (i - middle) ** 2;
  }
  const slope = below === 0 ? 0 : above / below;
  return { slope, at: (i) => mean + slope * (i - middle) };
}

/** Growth that is sure and more than `tolerance` (of the median, or absolute if given so) is a leak. */
export function grows(trend: Trend, tolerance: { readonly share?: number; readonly absolute?: number }): boolean {
  const allowed = Math.max((tolerance.share ?? 0) * trend.median, tolerance.absolute ?? 0);
  return trend.low > 0 && trend.growth > allowed;
}
