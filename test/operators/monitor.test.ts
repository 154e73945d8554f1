import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { parseBlueprint } from "../../blueprints/index.ts";
import { blueprintTable } from "../../catalogue/index.ts";
import { monitor } from "../../operators/index.ts";
import {
  blueprints,
  clock,
  deadLetters,
  decisions,
  hourlyStats,
  joined,
  type DecisionRecorded,
  type Distribution,
  type HourlyStats,
  type RowMaturity,
} from "../../schemas/index.ts";
import { createTestDriver, defineTopology, LATENCY_HEADER, type TestDriver } from "../../streams/index.ts";
import { random } from "../blueprints/random.ts";
import { decision, HOUR, PARCELS, parcels, published, START } from "./parcels.ts";

const topology = defineTopology({ name: "t", operators: [monitor], globals: [blueprintTable], clock });

let driver: TestDriver;
beforeEach(async () => {
  driver = await createTestDriver(topology, { deadLetters, start: START });
  await driver.input(blueprints).send(published());
});
afterEach(() => driver.close());

const stats = (): HourlyStats[] =>
  driver
    .output(hourlyStats)
    .readAll()
    .map(({ value }) => value);
const made = (value: DecisionRecorded) => ({ key: value.decisionId, value, time: value.decisionTime });
const row = (id: string, time: number, label: number | null, maturity: RowMaturity) => ({
  key: id,
  value: {
    decision: decision(id, START),
    label,
    labelTime: null,
    rowTime: time,
    maturity,
    others: [],
    waiting: [],
    settled: [],
    option: null,
    position: null,
  },
  time,
});

/** The definition, word for word. */
function naive(values: readonly (number | string | null)[]): Distribution {
  const numbers = values.filter((value) => typeof value === "number");
  const mean = numbers.length === 0 ? 0 : numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
  const spread = numbers.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const buckets: Record<string, number> = {};
  for (const value of values) {
    if (value === null) continue;
    let bucket = String(value);
    if (typeof value === "number" && value !== 0) {
      let power = 1;
      while (power > Math.abs(value)) power /= 2;
      while (power * 2 <= Math.abs(value)) power *= 2;
      bucket = String(Math.sign(value) * power);
    }
    buckets[bucket] = (buckets[bucket] ?? 0) + 1;
  }
  return {
    count: values.length,
    missing: values.filter((value) => value === null).length,
    mean,
    variance: numbers.length < 2 ? 0 : spread / (numbers.length - 1),
    min: numbers.length === 0 ? null : Math.min(...numbers),
    max: numbers.length === 0 ? null : Math.max(...numbers),
    buckets,
  };
}

function expectDistribution(found: Distribution | undefined, values: readonly (number | string | null)[]): void {
  const { mean, variance, ...rest } = naive(values);
  expect(found).toMatchObject(rest);
  expect(found?.mean).toBeCloseTo(mean, 9);
  expect(found?.variance).toBeCloseTo(variance, 9);
}

describe("an hour", () => {
  test("is written ten minutes of event time after its end, and no earlier", async () => {
    await driver.input(decisions).send(made(decision("d", START)));
    await driver.advanceTo(START + HOUR + 599_999);
    expect(stats()).toEqual([]);
    await driver.advanceBy(1);
    expect(driver.output(hourlyStats).readAll()).toMatchObject([
      { key: "parcels", time: START + HOUR, value: { hour: START, partition: 0, decisions: 1 } },
    ]);
  });

  test("holds what was decided in it, to the millisecond", async () => {
    const times = [START, START + HOUR - 1, START + HOUR];
    await driver.input(decisions).send(...times.map((time, i) => made(decision(`d${i}`, time))));
    await driver.advanceTo(START + 3 * HOUR);
    expect(stats().map(({ hour, decisions: count }) => [hour, count])).toEqual([
      [START, 2],
      [START + HOUR, 1],
    ]);
  });

  test("counts versions apart", async () => {
    const other = decision("b", START, { blueprintVersion: "feedfacecafe" });
    await driver.input(decisions).send(made(decision("a", START)), made(other));
    await driver.advanceTo(START + 2 * HOUR);
    const found = stats().map(({ blueprintVersion, decisions: count }) => [blueprintVersion, count]);
    expect(found.sort()).toEqual(
      [
        [parcels.version, 1],
        ["feedfacecafe", 1],
      ].sort(),
    );
  });

  test("counts rows, expiries and corrections by the row's time", async () => {
    await driver
      .input(joined)
      .send(
        row("a", START + 1, 1, "provisional"),
        row("b", START + 2, 0, "mature"),
        row("c", START + 3, null, "expired"),
        row("d", START + 4, 1, "corrected"),
        row("e", START + HOUR, 1, "provisional"),
      );
    await driver.advanceTo(START + 3 * HOUR);
    const [first, second] = stats();
    expect(first).toMatchObject({ decisions: 0, rows: 2, expired: 1, corrected: 1, labels: { count: 3 } });
    expect(second).toMatchObject({ rows: 1, expired: 0, corrected: 0 });
  });

  test("counts several labels by name, a missing one among them, also after a restart", async () => {
    const text = PARCELS.replace(
      /label:\n(?: {2}.*\n){4}/,
      `labels:
  late: { value: delay >= 10, wait: 2h }
  minutes: { value: delay, wait: 1h, objective: regression }
`,
    );
    const { version: blueprintVersion } = parseBlueprint(text);
    await driver.input(blueprints).send(published(text));
    const labelled = (id: string, late: number | null, minutes: number | null, maturity: RowMaturity) => {
      const { key, value, time } = row(id, START, late, maturity);
      const others = [{ name: "minutes", label: minutes, labelTime: null }];
      return { key, value: { ...value, decision: { ...value.decision, blueprintVersion }, others }, time };
    };
    await driver.input(joined).send(labelled("a", 1, 20, "provisional"), labelled("b", null, 6, "provisional"));
    await driver.restart();
    await driver.input(joined).send(labelled("c", null, null, "expired"));
    await driver.advanceTo(START + 2 * HOUR);
    expect(stats()).toMatchObject([
      {
        ...{ rows: 2, expired: 1, labels: { count: 2, missing: 1 } },
        severalLabels: { late: { count: 2, missing: 1, mean: 1 }, minutes: { count: 2, missing: 0, mean: 13 } },
      },
    ]);
  });

  test("is the same after a restart in its middle", async () => {
    await driver.input(decisions).send(made(decision("a", START)));
    await driver.restart();
    await driver.input(decisions).send(made(decision("b", START + 5)));
    await driver.advanceTo(START + 2 * HOUR);
    expect(stats()).toMatchObject([{ decisions: 2, features: { weight: { count: 2, mean: 20 } } }]);
  });
});

test.each([1, 2, 3])("distributions equal a naive reference (seed %i)", async (seed) => {
  const next = random(seed);
  const maybe = <T>(value: T): T | null => (next() < 0.15 ? null : value);
  const all = Array.from({ length: 500 }, (_, i) => {
    const late = next();
    const value = i % 10 === 0 ? null : late > 0.5;
    return decision(`d${i}`, START + i, {
      features: [
        maybe((next() - 0.3) * 1_000),
        maybe(["air", "road", "sea"][Math.floor(next() * 3)]!),
        maybe(Math.floor(next() * 2)),
        maybe(next() / 1_000),
        Math.floor(next() * 5),
        null,
      ],
      predictions: { late },
      value,
      reason: value === null ? "error" : "exploit",
    });
  });
  const latency = (i: number): Record<string, Buffer> =>
    i % 3 === 0 ? {} : { [LATENCY_HEADER]: Buffer.from((i / 8).toFixed(3)) };
  await driver.input(decisions).send(...all.map((value, i) => ({ ...made(value), headers: latency(i) })));
  await driver.advanceTo(START + 2 * HOUR);
  const [hour] = stats();
  const { features } = parcels;
  for (const [index, { name }] of features.entries()) {
    expectDistribution(
      hour?.features[name],
      all.map((value) => value.features[index]!),
    );
  }
  expectDistribution(
    hour?.predictions["late"],
    all.map(({ predictions }) => predictions["late"]!),
  );
  expectDistribution(
    hour?.latencyMs,
    all.flatMap((_, i) => (i % 3 === 0 ? [] : [i / 8])),
  );
  const yes = all.filter(({ value }) => value === true).length;
  expect(hour).toMatchObject({
    decisions: 500,
    nulls: 50,
    errors: 50,
    values: { true: yes, false: 450 - yes, null: 50 },
  });
});

test("a feature with very many categories keeps 64 names and counts the rest together", async () => {
  const all = Array.from({ length: 200 }, (_, i) =>
    decision(`d${i}`, START + i, { features: [1, `c${i}`, 1, 1, 1, 1] }),
  );
  await driver.input(decisions).send(...all.map(made));
  await driver.advanceTo(START + 2 * HOUR);
  const { buckets, count } = stats()[0]!.features["carrier"]!;
  expect(count).toBe(200);
  expect(Object.keys(buckets).length).toBeLessThanOrEqual(65);
  expect(buckets["(other)"]).toBe(136);
  expect(Object.values(buckets).reduce((sum, n) => sum + n, 0)).toBe(200);
});

test("60,000 different numeric decisions in an hour are counted by their power of two", async () => {
  for (let from = 0; from < 60_000; from += 6_000) {
    const some = Array.from({ length: 6_000 }, (_, i) =>
      decision(`d${from + i}`, START + 1, { value: from + i + 0.5 }),
    );
    await driver.input(decisions).send(...some.map(made));
  }
  await driver.advanceTo(START + 2 * HOUR);
  const [hour] = stats();
  expect(Object.keys(hour!.values)).toEqual([...Array.from({ length: 16 }, (_, i) => String(2 ** i)), "0.5"]);
  expect(Object.values(hour!.values).reduce((sum, n) => sum + n, 0)).toBe(60_000);
  expect(hour!.values["1024"]).toBe(1_024);
  expect(driver.deadLetters()).toEqual([]);
});

test("200 categories of 20,000 bytes, as decisions and as features, are counted by the beginning of their names", async () => {
  const long = (i: number): string => `${i} ${"ä".repeat(10_000)}`;
  const all = Array.from({ length: 200 }, (_, i) =>
    decision(`d${i}`, START + i, { value: long(i), features: [1, long(i), 1, 1, 1, 1] }),
  );
  await driver.input(decisions).send(...all.map(made));
  await driver.advanceTo(START + 2 * HOUR);
  const [hour] = stats();
  for (const counts of [hour!.values, hour!.features["carrier"]!.buckets]) {
    expect(Object.keys(counts)).toHaveLength(65);
    expect(counts["(other)"]).toBe(136);
    for (const name of Object.keys(counts)) expect(name).toMatch(/^(\d+ ä{30,31}|\(other\))$/);
  }
});

const inherited = ["constructor", "toString", "hasOwnProperty", "valueOf"];

test("names that every object inherits are counted as any other", async () => {
  const all = inherited.flatMap((name, i) => [
    decision(`a${i}`, START + i, { value: name, features: [1, name, 1, 1, 1, 1] }),
    decision(`b${i}`, START + i, { value: name, features: [1, name, 1, 1, 1, 1] }),
  ]);
  await driver.input(decisions).send(...all.map(made));
  await driver.restart();
  await driver.advanceTo(START + 2 * HOUR);
  const [hour] = stats();
  for (const counts of [hour!.values, hour!.features["carrier"]!.buckets]) {
    expect(Object.entries(counts).sort()).toEqual(inherited.map((name) => [name, 2]).sort());
  }
});
