import { describe, expect, test } from "vitest";
import { parseBlueprint, rowWaits, type Blueprint } from "../../blueprints/index.ts";
import { blueprintTable } from "../../catalogue/index.ts";
import { join } from "../../operators/index.ts";
import { blueprints, clock, deadLetters, decisions, joined, observations, type Joined } from "../../schemas/index.ts";
import {
  createMemoryEngine,
  createTestDriver,
  defineTopology,
  SOURCE_HEADER,
  type StateEngine,
  type TestDriver,
} from "../../streams/index.ts";
import { random, shuffled } from "../blueprints/random.ts";
import { backgroundEngine } from "../streams/state/background-engine.ts";
import { decision, HOUR, PARCELS, published, START } from "./parcels.ts";

const LABEL = `label:
  name: late
  when: kind == "arrival"
  value: delay >= 10
  wait: 2h
`;
const TTL = 8 * HOUR;
/** Of each label its aggregate, wait in hours, and default. */
const SHAPES = [
  { late: ["latest", 2, "none"], slow: ["mean", 4, "none"], said: ["count", 1, "0"] },
  { late: ["earliest", 6, "none"], slow: ["sum", 1, "none"], said: ["max", 6, "none"] },
  { late: ["latest", 1, "3"], slow: ["median", 8, "none"], said: ["earliest", 3, "none"] },
  { late: ["min", 3, "none"], slow: ["any", 3, "none"], said: ["count", 5, "0"] },
] as const;
type Shape = Record<string, readonly [aggregate: string, wait: number, fallback: string]>;

const textOf = (shape: Shape): string =>
  PARCELS.replace(
    LABEL,
    `labels:\n${Object.entries(shape)
      .map(([name, [aggregate, wait, fallback]]) => {
        const value = aggregate === "any" ? "delay > 5" : "delay";
        return `  ${name}: { when: kind == "${name}", value: ${value}, aggregate: ${aggregate}, wait: ${wait}h, default: ${fallback}, objective: regression }\n`;
      })
      .join("")}`,
  )
    .replace("ttl: 6h", "ttl: 8h")
    .replace("policy:", "model: { objective: regression }\npolicy:");

const topology = defineTopology({ name: "t", operators: [join()], globals: [blueprintTable], clock });

interface Seen {
  readonly key: string;
  readonly value: {
    observationId: string;
    decisionId: string;
    useCase: string;
    optionId: string;
    activation: boolean;
    values: Record<string, string | number>;
  };
  readonly time: number;
}

/** Quarter hours, so that observations fall on the ends of waits and on each other. */
function randomObservations(seed: number, count: number): readonly Seen[] {
  const next = random(seed);
  return Array.from({ length: count }, (_, n) => ({
    key: "d",
    value: {
      observationId: `o${n}`,
      optionId: "",
      activation: false,
      decisionId: "d",
      useCase: "",
      values: { kind: ["late", "slow", "said"][Math.floor(next() * 3)]!, delay: Math.floor(next() * 8) },
    },
    time: START + Math.floor(next() * 33) * (HOUR / 4),
  }));
}

type Labels = Readonly<Record<string, number | null>>;

/** What is known at a time, by the words of the reference: each label whose wait is over, from all until then. */
function known(blueprint: Blueprint, all: readonly Seen[], time: number): Labels | undefined {
  const labels = Object.fromEntries(
    blueprint.labels.map(({ name, aggregate, waitMs, default: fallback }): [string, number | null] => {
      if (START + waitMs > time) return [name, null];
      const values = all
        .filter((one) => one.value.values["kind"] === name && one.time <= time && one.time < START + TTL)
        .map((one) => one.value.values["delay"] as number);
      return [name, values.length === 0 ? fallback : aggregated[aggregate]!(values)];
    }),
  );
  return Object.values(labels).every((label) => label === null) ? undefined : labels;
}

const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
const aggregated: Readonly<Record<string, (values: readonly number[]) => number>> = {
  latest: (values) => values.at(-1)!,
  earliest: (values) => values[0]!,
  mean: (values) => total(values) / values.length,
  sum: total,
  count: (values) => values.length,
  max: (values) => Math.max(...values),
  min: (values) => Math.min(...values),
  any: (values) => (values.some((value) => value > 5) ? 1 : 0),
  median(values) {
    const sorted = [...values].sort((a, b) => a - b);
    const half = sorted.length >> 1;
    return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
  },
};

/** By event time, of one time by their values: the order that the aggregates go by. */
const inOrder = (all: readonly Seen[]): readonly Seen[] =>
  all.toSorted((a, b) => a.time - b.time || Number(a.value.values["delay"]) - Number(b.value.values["delay"]));

async function open(text: string, engine: StateEngine): Promise<TestDriver> {
  const driver = await createTestDriver(topology, { deadLetters, partitions: 1, start: START, engine });
  await driver.input(blueprints).send(published(text));
  const { version } = parseBlueprint(text);
  await driver
    .input(decisions)
    .send({ key: "d", value: decision("d", START, { blueprintVersion: version }), time: START });
  return driver;
}

const labelsOf = ({ label, others }: Joined, { labels: [first] }: Blueprint): Labels => ({
  [first!.name]: label,
  ...Object.fromEntries(others.map((other) => [other.name, other.label])),
});

/** The newest row as of a time: of two rows of one time the later record. */
const asOf = (rows: readonly Joined[], time: number): Joined | undefined =>
  rows.reduce<Joined | undefined>(
    (newest, row) => (row.rowTime <= time && (newest === undefined || newest.rowTime <= row.rowTime) ? row : newest),
    undefined,
  );

const times = Array.from({ length: 34 }, (_, quarter) => START + quarter * (HOUR / 4));

function checkAsOf(rows: readonly Joined[], blueprint: Blueprint, all: readonly Seen[]): void {
  let mature = 0;
  for (const time of times) {
    const row = asOf(rows, time);
    const wanted = known(blueprint, all, time);
    const isThere = row !== undefined && row.maturity !== "expired";
    const hours = (time - START) / HOUR;
    expect(isThere ? labelsOf(row, blueprint) : undefined, `after ${hours} h`).toEqual(wanted);
    if (!isThere) continue;
    const waiting = blueprint.labels.filter(({ waitMs }) => START + waitMs > time).map(({ name }) => name);
    expect(row.waiting, `after ${hours} h`).toEqual(waiting);
    expect(row.maturity === "partial", `after ${hours} h`).toBe(waiting.length > 0);
    expect(blueprint.labels.length - row.waiting.length).toBeGreaterThanOrEqual(mature);
    mature = blueprint.labels.length - row.waiting.length;
  }
}

const engines: readonly (readonly [string, () => StateEngine])[] = [
  ["an engine that reads within handlers", createMemoryEngine],
  ["an engine that must load", backgroundEngine],
];
const cases = SHAPES.flatMap((shape, at) => [3, 9, 30].map((count) => ({ shape: shape as Shape, seed: at, count })));

describe.each(engines)("labels with different waits, on %s", (_, engine) => {
  test.each(cases)(
    "are at any time what was known then: $count observations, seed $seed",
    async ({ shape, seed, count }) => {
      const text = textOf(shape);
      const blueprint = parseBlueprint(text);
      const all = inOrder(randomObservations(seed * 100 + count, count));
      const next = random(seed);
      const driver = await open(text, engine());
      for (const one of all) {
        if (next() < 0.2) await driver.restart();
        await driver.input(observations).send(one);
      }
      await driver.advanceTo(START + TTL);
      const rows = driver
        .output(joined)
        .readAll()
        .map(({ value }) => value);
      checkAsOf(rows, blueprint, all);
      expect(rows.at(-1)).toEqual(asOf(rows, Number.MAX_SAFE_INTEGER));
      // Each label is new once, in the first row that has it or could have had it.
      const kept = rows.filter(({ maturity }) => maturity !== "expired");
      expect(kept.flatMap(({ settled }) => settled).sort()).toEqual(
        kept.length === 0 ? [] : blueprint.labels.map(({ name }) => name).sort(),
      );
      await driver.close();
    },
  );

  test.each(cases)(
    "of history in any order are the same: $count observations, seed $seed",
    async ({ shape, seed, count }) => {
      const text = textOf(shape);
      const blueprint = parseBlueprint(text);
      const all = randomObservations(seed * 100 + count, count);
      const driver = await open(text, engine());
      const headers = { [SOURCE_HEADER]: Buffer.from("a file") };
      const fed = shuffled(all, random(seed)).filter(({ time }) => time < START + TTL);
      for (const one of fed) await driver.input(observations).send({ ...one, headers });
      await driver.advanceTo(START + TTL);
      const rows = driver
        .output(joined)
        .readAll()
        .map(({ value }) => value);
      checkAsOf(rows, blueprint, inOrder(fed));
      const [last, newest] = [rows.at(-1), asOf(rows, Number.MAX_SAFE_INTEGER)];
      // A restated row may have an earlier time than one that says the same.
      expect(last && { ...last, rowTime: newest!.rowTime }).toEqual(newest);
      await driver.close();
    },
  );

  test.each(cases)(
    "end as the same row in whatever order they come: $count observations, seed $seed",
    async ({ shape, seed, count }) => {
      const text = textOf(shape);
      const blueprint = parseBlueprint(text);
      const all = randomObservations(seed * 100 + count, count).filter(({ time }) => time < START + TTL);
      const driver = await open(text, engine());
      for (const one of shuffled(all, random(seed + 1))) await driver.input(observations).send(one);
      await driver.advanceTo(START + TTL);
      const last = driver.output(joined).readAll().at(-1)?.value;
      const isThere = last !== undefined && last.maturity !== "expired";
      expect(isThere ? labelsOf(last, blueprint) : undefined).toEqual(known(blueprint, inOrder(all), START + TTL));
      await driver.close();
    },
  );
});

test("the waits of a blueprint are its labels' different ones, from the shortest", () => {
  expect(SHAPES.map((shape) => rowWaits(parseBlueprint(textOf(shape))).map((wait) => wait / HOUR))).toEqual([
    [1, 2, 4],
    [1, 6],
    [1, 3, 8],
    [3, 5],
  ]);
});
