import { recordLimits, type Distribution } from "../../schemas/index.ts";
import { shortened } from "../../streams/index.ts";

const { statsBuckets, statsNameBytes, statsHourBytes } = recordLimits;
/** Stands for all names without room of their own. */
export const OTHER = "(other)";

/** Bytes of an hour so far, in its longest form. Every entry takes from the same room. */
export interface Room {
  bytes: number;
}

export interface RunningDistribution {
  count: number;
  missing: number;
  numbers: number;
  mean: number;
  /** Sum of squared distances from the mean (Welford 1962). */
  spread: number;
  min: number | null;
  max: number | null;
  readonly buckets: Map<string, number>;
}

export const newDistribution = (): RunningDistribution => ({
  count: 0,
  missing: 0,
  numbers: 0,
  mean: 0,
  spread: 0,
  min: null,
  max: null,
  buckets: new Map(),
});

/** A number that is not finite is missing. */
export function observe(into: RunningDistribution, value: number | string | null, room: Room): void {
  into.count++;
  if (value === null || (typeof value === "number" && !Number.isFinite(value))) {
    into.missing++;
    return;
  }
  if (typeof value === "number") observeNumber(into, value);
  countIn(into.buckets, bucketOf(value), room);
}

function observeNumber(into: RunningDistribution, given: number): void {
  // JSON has one zero.
  const value = given === 0 ? 0 : given;
  into.numbers++;
  const distance = value - into.mean;
  if (Number.isFinite(distance)) {
    into.mean += distance / into.numbers;
    into.spread = Math.min(into.spread + distance * (value - into.mean), Number.MAX_VALUE);
  } else {
    into.mean += value / into.numbers - into.mean / into.numbers;
    into.spread = Number.MAX_VALUE;
  }
  // An assignment takes a new number's memory.
  if (into.min === null || value < into.min) into.min = value;
  if (into.max === null || value > into.max) into.max = value;
}

/** Counts a name, or without room for another name, the rest. */
export function countIn(counts: Map<string, number>, name: string, room: Room): void {
  const count = counts.get(name);
  if (count !== undefined) {
    counts.set(name, count + 1);
    return;
  }
  const bytes = bucketBytes(name);
  const known = counts.size < statsBuckets && room.bytes + bytes <= statsHourBytes;
  if (!known) return void counts.set(OTHER, (counts.get(OTHER) ?? 0) + 1);
  room.bytes += bytes;
  counts.set(name, 1);
}

/** The distribution of a name, or without room for another name, that of the rest. */
export function distributionIn(all: Map<string, RunningDistribution>, name: string, room: Room): RunningDistribution {
  const known = all.get(name) ?? (room.bytes + distributionBytes(name) <= statsHourBytes ? undefined : all.get(OTHER));
  if (known !== undefined) return known;
  const bytes = distributionBytes(name);
  const taken = room.bytes + bytes <= statsHourBytes ? name : OTHER;
  room.bytes += bytes;
  const added = newDistribution();
  all.set(taken, added);
  return added;
}

/** The longest form is JSON, with every number as long as it can be. */
export function distributionBytes(name: string): number {
  return DISTRIBUTION_BYTES + jsonBytes(name);
}
export function bucketBytes(name: string): number {
  return BUCKET_BYTES + jsonBytes(name);
}
/** Three counts, four numbers, brackets, and a bucket for the rest. */
const DISTRIBUTION_BYTES = 3 * 17 + 4 * 25 + 12 + 32;
const BUCKET_BYTES = 20;
const jsonBytes = (name: string): number => Buffer.byteLength(JSON.stringify(name));

/** Names are cut; numbers are counted by the power of two below their size. */
export function bucketOf(value: number | string): string {
  return typeof value === "string" ? shortened(value, statsNameBytes) : numberBucket(value);
}

/** `0`, or the sign and the power of two below the size: 5 is in `4`, −0.3 in `-0.25`. */
export function numberBucket(value: number): string {
  if (value === 0) return "0";
  const exponent = Math.floor(Math.log2(Math.abs(value)));
  const names = value < 0 ? below : above;
  return (names[exponent - LEAST_EXPONENT] ??= String(Math.sign(value) * 2 ** exponent));
}

/** Exponent of the smallest number. */
const LEAST_EXPONENT = -1_074;
/** Names of buckets by exponent, made when they are needed: writing the number is the dearest part. */
const above: string[] = [];
const below: string[] = [];

export function toDistribution(running: RunningDistribution): Distribution {
  const { count, missing, numbers, mean, spread, min, max, buckets } = running;
  const variance = numbers < 2 ? 0 : spread / (numbers - 1);
  return { count, missing, mean, variance, min, max, buckets: Object.fromEntries(buckets) };
}
