import type { StoreSpec } from "../../streams/index.ts";
import { bucketBytes, distributionBytes, type RunningDistribution } from "./distribution.ts";
import { agreementsBytes, noAgreement, type Agreement } from "./agreement.ts";
import { emptyHourBytes, type RunningHour } from "./logic.ts";

type Counts = readonly (readonly [name: string, count: number])[];
type StoredDistribution = readonly [
  count: number,
  missing: number,
  numbers: number,
  mean: number,
  spread: number,
  min: number | null,
  max: number | null,
  buckets: Counts,
];
type Agreed = readonly [proposals: number, agreed: number, agreedFirst: number];
type Distributions = readonly (readonly [name: string, StoredDistribution])[];

/** Lists of pairs, because names may be any text; most of the bytes are numbers. */
type StoredHour = readonly [
  counts: readonly number[],
  values: Counts,
  features: Distributions,
  predictions: Distributions,
  labels: StoredDistribution,
  latencyMs: StoredDistribution,
  /** Absent in an hour from before they were counted. */
  unknown?: Counts,
  unusable?: Counts,
  /** Empty if the blueprint has one label. */
  severalLabels?: Distributions,
  /** Absent in an hour from before it was counted. */
  agreements?: readonly [agreement: Agreed, holdoutAgreement: Agreed],
];

/** The former form of hours. */
type FormerDistribution = Omit<RunningDistribution, "buckets"> & { readonly buckets: Readonly<Record<string, number>> };
interface FormerHour {
  readonly decisions: number;
  readonly nulls: number;
  readonly errors: number;
  readonly rows: number;
  readonly expired: number;
  readonly corrected: number;
  readonly values: Readonly<Record<string, number>>;
  readonly features: Readonly<Record<string, FormerDistribution>>;
  readonly predictions: Readonly<Record<string, FormerDistribution>>;
  readonly labels: FormerDistribution;
  readonly latencyMs: FormerDistribution;
}

/** An hour has some ten thousand bytes of JSON, and nearly every batch counts in one. */
export const hourStore: StoreSpec<RunningHour> = {
  heldBytes: ({ bytes }) => bytes,
  encode: (hour) => Buffer.from(JSON.stringify(stored(hour))),
  decode(bytes) {
    const read = JSON.parse(Buffer.from(bytes).toString()) as StoredHour | FormerHour;
    return "decisions" in read ? fromFormer(read) : fromStored(read);
  },
};

function stored(hour: RunningHour): StoredHour {
  const { decisions, nulls, errors, rows, partial, expired, corrected, values, features, predictions } = hour;
  const all = (of: ReadonlyMap<string, RunningDistribution>): Distributions =>
    Array.from(of, ([name, distribution]) => [name, storedDistribution(distribution)] as const);
  return [
    [decisions, nulls, errors, rows, expired, corrected, hour.bytes, ...(partial === 0 ? [] : [partial])],
    [...values],
    all(features),
    all(predictions),
    storedDistribution(hour.labels),
    storedDistribution(hour.latencyMs),
    [...hour.unknown],
    [...hour.unusable],
    all(hour.severalLabels),
    [storedAgreement(hour.agreement), storedAgreement(hour.holdoutAgreement)],
  ];
}

const storedAgreement = ({ proposals, agreed, agreedFirst }: Agreement): Agreed => [proposals, agreed, agreedFirst];
const agreementOf = ([proposals, agreed, agreedFirst]: Agreed): Agreement => ({ proposals, agreed, agreedFirst });

function storedDistribution(of: RunningDistribution): StoredDistribution {
  return [of.count, of.missing, of.numbers, of.mean, of.spread, of.min, of.max, [...of.buckets]];
}

function fromStored(stored: StoredHour): RunningHour {
  const [counts, values, features, predictions, labels, latencyMs] = stored;
  const [, , , , , , unknown = [], unusable = [], several = [], agreements] = stored;
  const [decisions = 0, nulls = 0, errors = 0, rows = 0, expired = 0, corrected = 0, bytes = 0, partial = 0] = counts;
  const all = (of: Distributions): Map<string, RunningDistribution> =>
    new Map(of.map(([name, distribution]) => [name, running(distribution)]));
  return {
    ...{ bytes: agreements === undefined ? bytes + agreementsBytes : bytes },
    ...{ decisions, nulls, errors, rows, partial, expired, corrected, values: new Map(values) },
    ...{ features: all(features), predictions: all(predictions) },
    ...{ labels: running(labels), latencyMs: running(latencyMs) },
    ...{ unknown: new Map(unknown), unusable: new Map(unusable), severalLabels: all(several) },
    agreement: agreements === undefined ? noAgreement() : agreementOf(agreements[0]),
    holdoutAgreement: agreements === undefined ? noAgreement() : agreementOf(agreements[1]),
  };
}

function running([count, missing, numbers, mean, spread, min, max, buckets]: StoredDistribution): RunningDistribution {
  return { count, missing, numbers, mean, spread, min, max, buckets: new Map(buckets) };
}

function fromFormer(hour: FormerHour): RunningHour {
  const one = (of: FormerDistribution): RunningDistribution => ({
    ...of,
    buckets: new Map(Object.entries(of.buckets)),
  });
  const all = (of: Readonly<Record<string, FormerDistribution>>): Map<string, RunningDistribution> =>
    new Map(Object.entries(of).map(([name, distribution]) => [name, one(distribution)]));
  const read = {
    ...hour,
    ...{ values: new Map(Object.entries(hour.values)), features: all(hour.features) },
    ...{ predictions: all(hour.predictions), labels: one(hour.labels), latencyMs: one(hour.latencyMs) },
    ...{ unknown: new Map<string, number>(), unusable: new Map<string, number>() },
    severalLabels: new Map<string, RunningDistribution>(),
    partial: 0,
    ...{ agreement: noAgreement(), holdoutAgreement: noAgreement() },
  };
  return { ...read, bytes: bytesOf(read) };
}

function bytesOf({ values, features, predictions }: Omit<RunningHour, "bytes">): number {
  let bytes = emptyHourBytes;
  const addCounts = (counts: ReadonlyMap<string, number>): void => {
    for (const name of counts.keys()) bytes += bucketBytes(name);
  };
  addCounts(values);
  for (const [name, { buckets }] of [...features, ...predictions]) {
    bytes += distributionBytes(name);
    addCounts(buckets);
  }
  return bytes;
}
