import { describe, expect, test } from "vitest";
import { parseBlueprint } from "../../blueprints/index.ts";
import { blueprintTable } from "../../catalogue/index.ts";
import { join } from "../../operators/index.ts";
import { blueprints, clock, deadLetters, decisions, joined, observations, recordLimits } from "../../schemas/index.ts";
import {
  createMemoryEngine,
  createTestDriver,
  defineTopology,
  type StateEngine,
  type TestDriver,
} from "../../streams/index.ts";
import { random, shuffled } from "../blueprints/random.ts";
import { backgroundEngine } from "../streams/state/background-engine.ts";
import { decision, HOUR, PARCELS, published, START } from "./parcels.ts";

const ORPHANS = 24 * HOUR;
const WAIT = 2 * HOUR;
const TTL = 6 * HOUR;
const { observationsKept: MOST } = recordLimits;
const summing = (aggregate: string) =>
  PARCELS.replace("  value: delay >= 10\n", `  value: delay\n  aggregate: ${aggregate}\n`).replace(
    "policy:",
    "model: { objective: regression }\npolicy:",
  );
const SUM = summing("sum");
const MEDIAN = summing("median");
const topology = defineTopology({
  name: "t",
  operators: [join({ orphanMs: ORPHANS })],
  globals: [blueprintTable],
  clock,
});

const engines: readonly (readonly [string, () => StateEngine])[] = [
  ["an engine that reads within handlers", createMemoryEngine],
  ["an engine that must load", backgroundEngine],
];

async function open(engine: StateEngine = createMemoryEngine()): Promise<TestDriver> {
  const driver = await createTestDriver(topology, { deadLetters, start: START, engine });
  await driver.input(blueprints).send(published(SUM), published(MEDIAN));
  return driver;
}

const made = (id = "d", time = START, text = SUM) => ({
  key: id,
  value: decision(id, time, { blueprintVersion: parseBlueprint(text).version }),
  time,
});
const seen = (n: number, time: number, delay = 1, id = "d", note = "") => ({
  key: id,
  value: {
    decisionId: id,
    useCase: "",
    observationId: `${id}-${n}`,
    optionId: "",
    activation: false,
    values: { kind: "arrival", delay, ...(note === "" ? {} : { note }) },
  },
  time,
});
const labels = (driver: TestDriver) =>
  driver
    .output(joined)
    .readAll()
    .map(({ value }) => value.label);
const codes = (driver: TestDriver) => driver.deadLetters().map(({ code }) => code);
const range = (length: number): number[] => Array.from({ length }, (_, i) => i);

describe.each(engines)("observations of one decision, on %s", (_, engine) => {
  test(
    "are kept up to a number; the others are dead letters and the row is made from those before",
    { timeout: 60_000 },
    async () => {
      const driver = await open(engine());
      await driver.input(decisions).send(made());
      await driver.input(observations).send(...range(MOST + 2_000).map((n) => seen(n, START + 1 + n)));
      expect(codes(driver)).toEqual(range(2_000).map(() => "TOO_MANY"));
      expect(driver.deadLetters()[0]).toMatchObject({
        topic: "observations",
        offset: MOST,
        message: expect.stringContaining("it has 10000 observations; at most 10000 are kept"),
      });
      await driver.input(observations).send(seen(5, START + 1), seen(7, START + 5));
      expect(codes(driver)).toHaveLength(2_000);
      await driver.restart();
      await driver.advanceTo(START + WAIT);
      expect(labels(driver)).toEqual([MOST]);
      await driver.advanceTo(START + TTL);
      await driver.input(decisions).send(made("e", START + TTL));
      await driver.input(observations).send(seen(0, START + TTL + 1, 3, "e"));
      await driver.advanceTo(START + TTL + WAIT);
      expect(labels(driver)).toEqual([3]);
      await driver.close();
    },
  );

  test("are kept up to a size: what does not fit is a dead letter, and a smaller one is taken", async () => {
    const driver = await open(engine());
    await driver.input(decisions).send(made());
    await driver.input(observations).send(...range(12).map((n) => seen(n, START + 1 + n, 1, "d", "x".repeat(90_000))));
    expect(codes(driver)).toEqual(["TOO_MANY"]);
    expect(driver.deadLetters()[0]!.message).toMatch(/would have 10\d{5} bytes; at most 1000000 are kept/);
    await driver.input(observations).send(seen(12, START + 20, 1));
    await driver.advanceTo(START + WAIT);
    expect(labels(driver)).toEqual([12]);
    await driver.close();
  });

  test("count once by their id, however many there are", async () => {
    const driver = await open(engine());
    await driver.input(decisions).send(made());
    for (let round = 0; round < 3; round++) {
      await driver.input(observations).send(...range(50).map((n) => seen(n, START + 1 + n + round)));
      await driver.restart();
    }
    await driver.advanceTo(START + WAIT);
    expect(labels(driver)).toEqual([50]);
    await driver.close();
  });

  test("whose decision never came are dead letters each in its own time, and give room to others", async () => {
    const driver = await open(engine());
    const next = random(3);
    const times = shuffled(range(300), next).map((n) => START + n * 1_000);
    await driver.input(observations).send(...times.map((time, n) => seen(n, time)));
    await driver.advanceTo(START + 100_000 + ORPHANS);
    expect(driver.deadLetters().map(({ offset }) => times[offset])).toEqual(range(101).map((n) => START + n * 1_000));
    await driver.restart();
    await driver.advanceTo(START + 298_000 + ORPHANS);
    await driver.input(decisions).send(made("d", START + ORPHANS));
    await driver.advanceTo(START + ORPHANS + WAIT);
    expect(labels(driver)).toEqual([1]);
    expect(codes(driver)).toEqual(range(299).map(() => "TOO_LATE"));
    await driver.close();
  });
});

test.each([
  ["sum", SUM],
  ["median", MEDIAN],
])(
  "ten thousand that come after the wait, the newest first, correct the row each at the cost of one (%s)",
  { timeout: 60_000 },
  async (aggregate, text) => {
    const driver = await open();
    await driver.input(decisions).send(made("d", START, text));
    await driver.advanceTo(START + WAIT + HOUR);
    // In batches: each is handled in the order of event time, and lies before those that came before it.
    for (let batch = 9; batch >= 0; batch--) {
      await driver
        .input(observations)
        .send(
          ...range(MOST / 10).map((n) => seen(batch * 1_000 + n, START + 1 + batch * 1_000 + n, batch * 1_000 + n)),
        );
    }
    const last = labels(driver).at(-1);
    expect(last).toBe(aggregate === "sum" ? (MOST * (MOST - 1)) / 2 : (MOST - 1) / 2);
    expect(codes(driver)).toEqual([]);
    await driver.close();
  },
);

/** Sends observations in a random order and random pieces, with restarts in between. @returns every label of the row. */
async function arrived(engine: StateEngine, all: readonly ReturnType<typeof seen>[], next: () => number) {
  const driver = await open(engine);
  const records = shuffled([made(), ...all], next);
  for (const record of records) {
    if ("observationId" in record.value) await driver.input(observations).queue(record as ReturnType<typeof seen>);
    else await driver.input(decisions).queue(record as ReturnType<typeof made>);
    if (next() < 0.2) await driver.run();
    if (next() < 0.05) await driver.restart();
  }
  await driver.advanceTo(START + 24 * HOUR);
  expect(codes(driver)).toEqual([]);
  const found = driver.output(joined).readAll();
  await driver.close();
  return found.map(({ value: { label, labelTime } }) => [label, labelTime]);
}

test.each([1, 2, 3])("the last label of many depends on their set alone (seed %i)", async (seed) => {
  const next = random(seed);
  const all = range(60).map((n) => seen(n, START + 1 + Math.floor(next() * 5 * HOUR), Math.floor(next() * 1e6) / 7));
  const last = (await arrived(createMemoryEngine(), all, next)).at(-1);
  for (const [, engine] of [...engines, ...engines]) expect((await arrived(engine(), all, next)).at(-1)).toEqual(last);
});
