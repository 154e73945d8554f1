import { beforeEach, describe, expect, test } from "vitest";
import { parseBlueprint } from "../../blueprints/index.ts";
import { blueprintTable } from "../../catalogue/index.ts";
import { join } from "../../operators/index.ts";
import {
  blueprints,
  clock,
  deadLetters,
  decisions,
  events,
  joined,
  observations,
  type DecisionRecorded,
  type Joined,
} from "../../schemas/index.ts";
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
import { decision, HOUR, published, START } from "./parcels.ts";

const LABELS = {
  one: 'label: { name: stars, when: kind == "seen", value: y, aggregate: sum, wait: 2h, default: none }',
  several: `labels:
  stars: { when: kind == "seen", value: y, aggregate: sum, wait: 1h, default: none }
  clicked: { when: kind == "click", value: "true", aggregate: any, wait: 4h, default: 0, objective: binary }`,
};
const textOf = (labels: string): string => `
useCase: parcels
decisionSpace: { options: { age: number, genre: category } }
context: { weight: number }
observations: { place: number, y: number }
events: { seen: {}, click: {} }
features: [weight, age, { position: { shownPosition: 1, observed: place } }]
${labels}
model: { objective: regression }
join: { ttl: 8h }
policy: { rank: stars }
`;
const SHOWN = ["a", "b", "c"];
const TTL = 8 * HOUR;
const topology = defineTopology({ name: "t", operators: [join()], globals: [blueprintTable], clock });

const option = (optionId: string, position: number | null): DecisionRecorded["options"][number] => ({
  ...{
    optionId,
    features: [position],
    predictions: {},
    score: null,
    position,
    sampled: position === null ? 0.5 : 1,
    propensity: 1,
    keys: { genre: `g-${optionId}` },
  },
});
const ranking = (text: string, shown: readonly string[] = SHOWN): DecisionRecorded =>
  decision("d", START, {
    blueprintVersion: parseBlueprint(text).version,
    features: [5, null, 1],
    options: [...shown.map((id, at) => option(id, at + 1)), option("z", null)],
    candidates: 9,
    value: shown[0] ?? null,
  });

interface Seen {
  readonly key: string;
  readonly value: {
    observationId: string;
    optionId: string;
    activation: boolean;
    decisionId: string;
    useCase: string;
    values: Record<string, string | number>;
  };
  readonly time: number;
}
const seen = (n: number | string, optionId: string, hours: number, values: Seen["value"]["values"]): Seen => ({
  key: "d",
  value: { observationId: `o${n}`, optionId, activation: false, decisionId: "d", useCase: "", values },
  time: START + hours * HOUR,
});

function randomObservations(seed: number, count: number): readonly Seen[] {
  const next = random(seed);
  const one = <T>(of: readonly T[]): T => of[Math.floor(next() * of.length)]!;
  return Array.from({ length: count }, (_, n) => {
    const values = {
      kind: one(["seen", "click"]),
      y: one([1, 2, 3]),
      ...(next() < 0.3 ? { place: one([1, 4, 9]) } : {}),
    };
    return seen(n, one(["", ...SHOWN]), one([0, 0.5, 1, 1.5, 2, 3, 4, 5, 7.5, 8]), values);
  });
}

async function open(text: string, engine: StateEngine = createMemoryEngine()): Promise<TestDriver> {
  const driver = await createTestDriver(topology, { deadLetters, partitions: 1, start: START, engine });
  await driver.input(blueprints).send(published(text));
  return driver;
}
const decide = (driver: TestDriver, made: DecisionRecorded) =>
  driver.input(decisions).send({ key: "d", value: made, time: START });
const rowsOf = (driver: TestDriver): readonly Joined[] =>
  driver
    .output(joined)
    .readAll()
    .map(({ value }) => value);

/** The newest row of an option as of a time. */
const asOf = (rows: readonly Joined[], at: number, time: number): Joined | undefined =>
  rows.reduce<Joined | undefined>(
    (newest, row) =>
      row.option === at && row.rowTime <= time && (newest === undefined || newest.rowTime <= row.rowTime)
        ? row
        : newest,
    undefined,
  );

/** By the words of the reference: what is known of an option at a time. */
function known(several: boolean, all: readonly Seen[], optionId: string, time: number) {
  const own = all.filter(
    (one) => ["", optionId].includes(one.value.optionId) && one.time <= time && one.time < START + TTL,
  );
  const of = (kind: string): readonly number[] =>
    own.filter(({ value }) => value.values["kind"] === kind).map(({ value }) => value.values["y"] as number);
  const stars = of("seen").length === 0 ? null : of("seen").reduce((sum, y) => sum + y, 0);
  if (!several) return time < START + 2 * HOUR || stars === null ? undefined : [stars];
  const clicked = time < START + 4 * HOUR ? null : of("click").length > 0 ? 1 : 0;
  const labels = [time < START + HOUR ? null : stars, clicked];
  return labels.every((label) => label === null) ? undefined : labels;
}

function check(several: boolean, rows: readonly Joined[], all: readonly Seen[], times: readonly number[]): void {
  expect(new Set(rows.map((row) => row.option))).toEqual(new Set([0, 1, 2]));
  for (const [at, optionId] of SHOWN.entries()) {
    for (const time of times) {
      const row = asOf(rows, at, time);
      const labels =
        row && row.maturity !== "expired" ? [row.label, ...row.others.map(({ label }) => label)] : undefined;
      expect(labels, `${optionId} after ${(time - START) / HOUR} h`).toEqual(known(several, all, optionId, time));
    }
  }
}

const engines: readonly (readonly [string, () => StateEngine])[] = [
  ["an engine that reads within handlers", createMemoryEngine],
  ["an engine that must load", backgroundEngine],
];
const quarters = Array.from({ length: 34 }, (_, at) => START + (at * HOUR) / 4);
const cases = (["one", "several"] as const).flatMap((labels) =>
  [2, 6, 14, 40].flatMap((count) => [1, 2, 3].map((seed) => ({ labels, count, seed }))),
);

describe.each(engines)("rows of the options that were shown, on %s", (_, engine) => {
  test.each(cases)("say at any time what was known of each: $labels, $count observations, seed $seed", async (one) => {
    const text = textOf(LABELS[one.labels]);
    const all = randomObservations(one.seed * 100 + one.count, one.count).toSorted((a, b) => a.time - b.time);
    const next = random(one.seed);
    const driver = await open(text, engine());
    await decide(driver, ranking(text));
    for (const each of all) {
      if (next() < 0.2) await driver.restart();
      await driver.input(observations).send(each);
      if (next() < 0.2) await driver.input(observations).send(each);
    }
    await driver.advanceTo(START + TTL);
    check(one.labels === "several", rowsOf(driver), all, quarters);
    await driver.close();
  });

  test.each(cases)("are the same of history in any order: $labels, $count observations, seed $seed", async (one) => {
    const text = textOf(LABELS[one.labels]);
    const all = randomObservations(one.seed * 100 + one.count, one.count).filter(({ time }) => time < START + TTL);
    const headers = { [SOURCE_HEADER]: Buffer.from("a file") };
    const driver = await open(text, engine());
    await decide(driver, ranking(text));
    for (const each of shuffled(all, random(one.seed))) await driver.input(observations).send({ ...each, headers });
    await driver.advanceTo(START + TTL);
    check(one.labels === "several", rowsOf(driver), all, quarters);
    await driver.close();
  });

  test.each(cases)(
    "end the same in whatever order they come, before their decision too: $labels, $count, seed $seed",
    async (one) => {
      const text = textOf(LABELS[one.labels]);
      const all = randomObservations(one.seed * 100 + one.count, one.count).filter(({ time }) => time < START + TTL);
      const mixed = shuffled(all, random(one.seed + 1));
      const driver = await open(text, engine());
      for (const each of mixed.slice(0, one.count >> 1)) await driver.input(observations).send(each);
      await decide(driver, ranking(text));
      for (const each of mixed.slice(one.count >> 1)) await driver.input(observations).send(each);
      await driver.advanceTo(START + TTL);
      check(one.labels === "several", rowsOf(driver), all, [START + TTL]);
      await driver.close();
    },
  );
});

describe("a ranking", () => {
  const text = textOf(LABELS.one);
  let driver: TestDriver;
  beforeEach(async () => {
    driver = await open(text);
    return () => driver.close();
  });

  test("that showed nothing makes no row, and no dead letter", async () => {
    await decide(driver, ranking(text, []));
    await driver.advanceTo(START + TTL);
    expect(rowsOf(driver)).toEqual([]);
    expect(driver.output(deadLetters).readAll()).toEqual([]);
  });

  test.each(["before", "after"])(
    "buries an observation of an option that it did not show, which came %s it",
    async (when) => {
      const wrong = [seen(1, "z", 0.1, { kind: "seen", y: 3 }), seen(2, "nobody", 0.2, { kind: "seen", y: 3 })];
      if (when === "after") await decide(driver, ranking(text));
      for (const one of [...wrong, seen(3, "b", 0.3, { kind: "seen", y: 1 })])
        await driver.input(observations).send(one);
      if (when === "before") await decide(driver, ranking(text));
      await driver.advanceTo(START + TTL);
      const dead = driver.output(deadLetters).readAll();
      expect(dead.map(({ value }) => `${value.code}: ${value.message}`)).toEqual([
        'UNKNOWN_OPTION: decision d did not show the option "z": it showed "a", "b", "c"',
        'UNKNOWN_OPTION: decision d did not show the option "nobody": it showed "a", "b", "c"',
      ]);
      expect(rowsOf(driver).map(({ option, label }) => [option, label])).toContainEqual([1, 1]);
      expect(
        driver
          .output(events)
          .readAll()
          .map(({ value }) => value.attributes),
      ).toEqual([{ carrier: "air", unit: "anna", genre: "g-b", option: "b", y: 1 }]);
    },
  );

  test("has the position as it was last seen, of its option only, else as it was decided", async () => {
    await decide(driver, ranking(text));
    await driver.input(observations).send(seen(1, "b", 0.5, { kind: "seen", y: 1, place: 7 }));
    await driver.input(observations).send(seen(2, "b", 0.2, { kind: "seen", y: 1, place: 9 }));
    await driver.input(observations).send(seen(3, "c", 0.2, { kind: "seen", y: 1, place: 0 }));
    await driver.input(observations).send(seen(4, "a", 0.2, { kind: "seen", y: 1 }));
    await driver.advanceTo(START + TTL);
    expect(rowsOf(driver).map(({ option, position }) => [option, position])).toEqual([
      [0, 1],
      [1, 7],
      [2, 3],
    ]);
  });

  test("of two equal observations of history about two options takes both", async () => {
    await decide(driver, ranking(text));
    const headers = { [SOURCE_HEADER]: Buffer.from("a file") };
    for (const optionId of ["a", "b"]) {
      const { value, ...one } = seen(1, optionId, 0.5, { kind: "seen", y: 2 });
      await driver.input(observations).send({ ...one, value: { ...value, observationId: "" }, headers });
    }
    await driver.advanceTo(START + TTL);
    expect(
      rowsOf(driver)
        .filter(({ maturity }) => maturity !== "expired")
        .map(({ option, label }) => [option, label]),
    ).toEqual([
      [0, 2],
      [1, 2],
    ]);
  });
});
