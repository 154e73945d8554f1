import type { Distribution } from "../../schemas/index.ts";

/** Most different bucket names a distribution keeps; the rest is counted together. */
const MOST_BUCKETS = 64;
export const OTHER = "(other)";

export interface RunningDistribution {
  count: number;
  missing: number;
  numbers: number;
  mean: number;
  /** Sum of squared distances from the mean (Welford 1962). */
  spread: number;
  min: number | null;
  max: number | null;
  buckets: Record<string, number>;
}

export const newDistribution = (): RunningDistribution => ({
  count: 0,
  missing: 0,
  numbers: 0,
  mean: 0,
  spread: 0,
  min: null,
  max: null,
  buckets: {},
});

export function observe(into: RunningDistribution, value: number | string | null): void {
  into.count++;
  if (value === null) {
    into.missing++;
    return;
  }
  if (typeof value === "number") {
    into.numbers++;
    const distance = value - into.mean;
    into.mean += distance / into.numbers;
    into.spread += distance * (value - into.mean);
    into.min = into.min === null ? value : Math.min(into.min, value);
    into.max = into.max === null ? value : Math.max(into.max, value);
  }
  const bucket = typeof value === "string" ? value : numberBucket(value);
  const known = bucket in into.buckets || Object.keys(into.buckets).length < MOST_BUCKETS;
  const name = known ? bucket : OTHER;
  into.buckets[name] = (into.buckets[name] ?? 0) + 1;
}

/** `0`, or the sign and the power of two below the size: 5 is in `4`, −0.3 in `-0.25`. */
export function numberBucket(value: number): string {
  if (value === 0) return "0";
  const power = 2 ** Math.floor(Math.log2(Math.abs(value)));
  return String(Math.sign(value) * power);
}

export function toDistribution(running: RunningDistribution): Distribution {
  const { count, missing, numbers, mean, spread, min, max, buckets } = running;
  return { count, missing, mean, variance: numbers < 2 ? 0 : spread / (numbers - 1), min, max, buckets };
}
