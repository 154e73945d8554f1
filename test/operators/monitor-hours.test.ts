import { describe, expect, test } from "vitest";
import { newDistribution, numberBucket, observe } from "../../operators/monitor/distribution.ts";
import { hourStore } from "../../operators/monitor/hour-store.ts";
import { countDecision, countMisfits, newHour, toStats, type RunningHour } from "../../operators/monitor/logic.ts";
import { hourlyStats, recordLimits } from "../../schemas/index.ts";
import { decision, START } from "./parcels.ts";

const { statsHourBytes, statsBuckets } = recordLimits;
const of = { useCase: "parcels", blueprintVersion: "feedfacecafe", hour: START, partition: 0 };
const fromBytes = (bytes: Uint8Array): RunningHour => hourStore.decode(bytes);
const sum = (counts: Readonly<Record<string, number>>): number => Object.values(counts).reduce((a, b) => a + b, 0);

describe.each([
  ["2,000 features of 200 categories", 2_000, (f: number, i: number) => `category ${i} of ${f}`],
  ["10,000 features", 10_000, (f: number, i: number) => (f * 7.3 + i) / 3],
  ["3,000 features of names that are longer in JSON", 3_000, (f: number, i: number) => `\\u0001"\\ud800${f} ${i}`],
])("an hour of %s", (_, count, value) => {
  const names = Array.from({ length: count }, (_, f) => `feature_${f}`);
  const hour = newHour();
  const decided = 200;
  for (let i = 0; i < decided; i++) {
    const features = names.map((_, f) => value(f, i));
    countDecision(hour, decision(`d${i}`, START, { features, value: i, predictions: { late: i } }), names, i);
  }
  const stats = toStats(hour, of);

  test("has room in a record, as state and as statistics", () => {
    expect(hourStore.encode(hour).length).toBeLessThanOrEqual(statsHourBytes);
    expect(hour.bytes).toBeLessThanOrEqual(statsHourBytes + 2_000);
    expect(hourlyStats.type.toBuffer(stats).length).toBeLessThanOrEqual(statsHourBytes);
  });

  test("loses no count: what has no room is counted together", () => {
    const { "(other)": rest, ...known } = stats.features;
    const shown = Object.values(known);
    expect(shown.length).toBeGreaterThan(1_900);
    for (const { count: seen, buckets } of shown) {
      expect([seen, sum(buckets)]).toEqual([decided, decided]);
      expect(Object.keys(buckets).length).toBeLessThanOrEqual(statsBuckets + 1);
    }
    expect((rest?.count ?? 0) + shown.length * decided).toBe(count * decided);
  });

  test("is the same when it has been stored", () => {
    expect(fromBytes(hourStore.encode(hour))).toEqual(hour);
  });
});

test("an hour that was kept in the former layout is gone on with", () => {
  const one = { count: 2, missing: 0, numbers: 1, mean: 3, spread: 0, min: 3, max: 3, buckets: { "2": 1, air: 1 } };
  const former = {
    ...{ decisions: 5, nulls: 1, errors: 0, rows: 2, expired: 1, corrected: 0, values: { "7": 1, "8": 4 } },
    ...{ features: { weight: one }, predictions: { late: one }, labels: one, latencyMs: one },
  };
  const hour = hourStore.decode(Buffer.from(JSON.stringify(former)));
  countDecision(hour, decision("d", START, { features: [3], value: 8.5, predictions: {} }), ["weight"], Number.NaN);
  const stats = toStats(hour, of);
  expect(stats).toMatchObject({ decisions: 6, values: { "7": 1, "8": 5 }, rows: 2, expired: 1 });
  expect(stats.features["weight"]).toMatchObject({ count: 3, mean: 3, buckets: { "2": 2, air: 1 } });
  expect(fromBytes(hourStore.encode(hour))).toEqual(hour);
});

test("names that every object inherits are counted as any other, through the store and in the statistics", () => {
  const names = ["constructor", "toString", "__proto__", "valueOf"];
  let hour = newHour();
  for (const name of [...names, ...names]) {
    const features = names.map(() => name);
    countDecision(hour, decision("d", START, { features, value: name, predictions: {} }), names, Number.NaN);
    hour = fromBytes(hourStore.encode(hour));
  }
  const { values, features } = toStats(hour, of);
  expect(Object.keys(features)).toEqual(names);
  for (const counts of [values, ...Object.values(features).map(({ buckets }) => buckets)]) {
    expect(Object.entries(counts)).toEqual(names.map((name) => [name, 2]));
  }
});

test("numbers as large as can be leave finite statistics, and what is no number is missing", () => {
  const room = { bytes: 0 };
  const into = newDistribution();
  for (const value of [Number.MAX_VALUE, -Number.MAX_VALUE, Number.MAX_VALUE, Number.NaN, Number.POSITIVE_INFINITY]) {
    observe(into, value, room);
  }
  expect(into).toMatchObject({ count: 5, missing: 2, numbers: 3, min: -Number.MAX_VALUE, max: Number.MAX_VALUE });
  for (const number of [into.mean, into.spread]) expect(Number.isFinite(number)).toBe(true);
});

test("an hour that was kept before misfits were counted is read, and goes on with them", () => {
  const hour = newHour();
  countDecision(hour, decision("d", START), [], Number.NaN);
  const kept = JSON.parse(Buffer.from(hourStore.encode(hour)).toString()) as unknown[];
  const read = hourStore.decode(Buffer.from(JSON.stringify(kept.slice(0, 6))));
  countMisfits(read, "context", { wieght: "unknown", weight: "unusable" });
  const of = { useCase: "parcels", blueprintVersion: "v", hour: START, partition: 0 };
  expect(toStats(read, of)).toMatchObject({
    decisions: 1,
    unknown: { "context.wieght": 1 },
    unusable: { "context.weight": 1 },
  });
});

test("a number is counted by the power of two below its size, from the smallest to the largest", () => {
  const least = Number.MIN_VALUE;
  const given = [5, -0.3, 0, 1, -1, 1_023, 1_024, least, -least, 1.5 * 2 ** 1000, 5];
  const known = ["4", "-0.25", "0", "1", "-1", "512", "1024", "5e-324", "-5e-324", String(2 ** 1000), "4"];
  expect(given.map(numberBucket)).toEqual(known);
});
