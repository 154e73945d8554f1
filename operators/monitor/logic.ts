import type { DecisionRecorded, HourlyStats, Joined } from "../../schemas/index.ts";
import { agreementsBytes, countAgreement, noAgreement, type Agreement } from "./agreement.ts";
import { countsAsUnknown, isOfCandidates, misfitProblem, type MisfitPlace, type Misfits } from "../globals/index.ts";
import {
  bucketBytes,
  bucketOf,
  countIn,
  distributionBytes,
  distributionIn,
  newDistribution,
  observe,
  OTHER,
  toDistribution,
  type Room,
  type RunningDistribution,
} from "./distribution.ts";

export const HOUR_MS = 3_600_000;
export const hourOf = (time: number): number => Math.floor(time / HOUR_MS) * HOUR_MS;

/** Of an hour without names: its counts, the labels, the latencies and some brackets. */
export const emptyHourBytes =
  8 * 17 + 64 + agreementsBytes + 2 * distributionBytes("") + 2 * (bucketBytes("unusable") + bucketBytes(OTHER));

/** One hour of one use case and blueprint version, as it grows up to `recordLimits.statsHourBytes`. */
export interface RunningHour extends Room {
  decisions: number;
  nulls: number;
  errors: number;
  /** With all labels. */
  rows: number;
  /** Without labels that wait. */
  partial: number;
  expired: number;
  corrected: number;
  readonly values: Map<string, number>;
  readonly features: Map<string, RunningDistribution>;
  readonly predictions: Map<string, RunningDistribution>;
  /** Names that the blueprint does not know. */
  readonly unknown: Map<string, number>;
  /** Names of entries whose values do not fit their types. */
  readonly unusable: Map<string, number>;
  labels: RunningDistribution;
  /** By label, if there are several. */
  readonly severalLabels: Map<string, RunningDistribution>;
  latencyMs: RunningDistribution;
  /** Of decisions that the product's own choice took by the mode. */
  readonly agreement: Agreement;
  /** Of units that are held out. */
  readonly holdoutAgreement: Agreement;
}

export const newHour = (): RunningHour => ({
  bytes: emptyHourBytes,
  decisions: 0,
  nulls: 0,
  errors: 0,
  rows: 0,
  partial: 0,
  expired: 0,
  corrected: 0,
  values: new Map(),
  features: new Map(),
  predictions: new Map(),
  unknown: new Map(),
  unusable: new Map(),
  labels: newDistribution(),
  severalLabels: new Map(),
  latencyMs: newDistribution(),
  agreement: noAgreement(),
  holdoutAgreement: noAgreement(),
});

/**
 * @param names the features' names, in the vector's order
 * @param latencyMs NaN when it was not measured
 * @param slots indexes of the features of options: those of the options that were shown count
 */
export function countDecision(
  hour: RunningHour,
  decision: DecisionRecorded,
  names: readonly string[],
  latencyMs: number,
  slots: readonly number[] = [],
): void {
  hour.decisions++;
  if (decision.value === null) hour.nulls++;
  if (decision.reason === "error") hour.errors++;
  if (decision.reason === "control") countAgreement(hour.agreement, decision);
  if (decision.reason === "holdout") countAgreement(hour.holdoutAgreement, decision);
  const { value } = decision;
  countIn(hour.values, bucketOf(typeof value === "number" ? value : String(value)), hour);
  const { features, predictions } = decision;
  countOptions(hour, decision, names, slots);
  for (let index = 0; index < names.length; index++) {
    if (slots.length > 0 && slots.includes(index)) continue;
    observe(distributionIn(hour.features, names[index]!, hour), features[index] ?? null, hour);
  }
  for (const name in predictions) observe(distributionIn(hour.predictions, name, hour), predictions[name]!, hour);
  if (!Number.isNaN(latencyMs)) observe(hour.latencyMs, latencyMs, hour);
}

function countOptions(
  hour: RunningHour,
  { options }: DecisionRecorded,
  names: readonly string[],
  slots: readonly number[],
): void {
  for (const { position, features, predictions } of options) {
    if (position === null) continue;
    for (let at = 0; at < slots.length; at++) {
      observe(distributionIn(hour.features, names[slots[at]!]!, hour), features[at] ?? null, hour);
    }
    for (const name in predictions) observe(distributionIn(hour.predictions, name, hour), predictions[name]!, hour);
  }
}

/** @param label the name of the first label. */
export function countJoined(hour: RunningHour, joined: Joined, label: string): void {
  if (joined.maturity === "expired") {
    hour.expired++;
    return;
  }
  const { maturity, others, waiting, settled } = joined;
  const isCorrection = maturity === "corrected" || (maturity === "partial" && settled.length === 0);
  if (isCorrection) hour.corrected++;
  else if (maturity === "partial") hour.partial++;
  else hour.rows++;
  /** A label counts in the row with which its wait ends, and in corrections of rows that have it. */
  const counts = (name: string): boolean =>
    settled.length > 0 ? settled.includes(name) : waiting.length === 0 || !waiting.includes(name);
  if (counts(label)) observe(hour.labels, joined.label, hour);
  if (others.length === 0) return;
  for (const one of [{ name: label, label: joined.label }, ...others]) {
    if (counts(one.name)) observe(distributionIn(hour.severalLabels, one.name, hour), one.label, hour);
  }
}

export function countMisfits(hour: RunningHour, what: MisfitPlace, misfits: Misfits): void {
  for (const [name, text] of Object.entries(misfits)) {
    const problem = misfitProblem(text);
    // The ids of candidates may be new ones in each request.
    const bucket = isOfCandidates(problem) ? `candidates.${problem}` : `${what}.${name}`;
    countIn(countsAsUnknown(problem) ? hour.unknown : hour.unusable, bucketOf(bucket), hour);
  }
}

export function toStats(
  hour: RunningHour,
  of: {
    readonly useCase: string;
    readonly blueprintVersion: string;
    readonly hour: number;
    readonly partition: number;
  },
): HourlyStats {
  const all = (running: ReadonlyMap<string, RunningDistribution>) =>
    Object.fromEntries(Array.from(running, ([name, distribution]) => [name, toDistribution(distribution)]));
  const { bytes: _, ...counts } = hour;
  return {
    ...counts,
    ...of,
    values: Object.fromEntries(hour.values),
    agreement: { ...hour.agreement },
    holdoutAgreement: { ...hour.holdoutAgreement },
    unknown: Object.fromEntries(hour.unknown),
    unusable: Object.fromEntries(hour.unusable),
    features: all(hour.features),
    predictions: all(hour.predictions),
    labels: toDistribution(hour.labels),
    severalLabels: all(hour.severalLabels),
    latencyMs: toDistribution(hour.latencyMs),
  };
}
