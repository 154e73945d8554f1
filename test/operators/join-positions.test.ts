import { describe, expect, test } from "vitest";
import { parseBlueprint } from "../../blueprints/index.ts";
import { blueprintTable } from "../../catalogue/index.ts";
import { join } from "../../operators/index.ts";
import {
  blueprints,
  clock,
  deadLetters,
  decisions,
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

const TEXT = `
useCase: parcels
decisionSpace: { options: { age: number } }
context: { weight: number }
observations: { place: number, y: number }
events: { seen: {}, click: {} }
features: [weight, age, { position: { shownPosition: 1, observed: place } }]
labels:
  stars: { when: kind == "seen", value: y, aggregate: sum, wait: 1h, default: none }
  clicked: { when: kind == "click", value: "true", aggregate: any, wait: 4h, default: 0, objective: binary }
model: { objective: regression }
join: { ttl: 8h }
policy: { rank: stars }
`;
const SHOWN = ["a", "b", "c"];
const TTL = 8 * HOUR;
const topology = defineTopology({ name: "t", operators: [join()], globals: [blueprintTable], clock });

const ranking: DecisionRecorded = decision("d", START, {
  blueprintVersion: parseBlueprint(TEXT).version,
  features: [5, null, 1],
  options: SHOWN.map((optionId, at) => ({
    ...{
      optionId,
      features: [at],
      predictions: {},
      score: null,
      position: at + 1,
      sampled: 1,
      propensity: 1,
      keys: {},
    },
  })),
  candidates: 9,
  value: "a",
});

function randomObservations(seed: number, count: number) {
  const next = random(seed);
  const one = <T>(of: readonly T[]): T => of[Math.floor(next() * of.length)]!;
  return Array.from({ length: count }, (_, n) => ({
    key: "d",
    value: {
      ...{ observationId: `o${n}`, optionId: one(["", ...SHOWN]), activation: false, decisionId: "d", useCase: "" },
      // Most positions come without a label: "looked" is of none.
      values: { kind: one(["seen", "click", "looked"]), y: one([1, 2, 3]), place: one([0, 1, 4, 9, "?"]) },
    },
    time: START + one([0, 0.5, 1, 1.5, 2, 3, 4, 5, 7.5]) * HOUR,
  }));
}
type Seen = ReturnType<typeof randomObservations>[number];

/** By the words of the reference: the last observed one of the option, of several at one time the topmost. */
function positionOf(all: readonly Seen[], at: number): number {
  const own = all.flatMap(({ value: { optionId, values }, time }) =>
    ["", SHOWN[at]].includes(optionId) && typeof values.place === "number" && values.place >= 1
      ? [{ time, place: values.place }]
      : [],
  );
  const last = Math.max(...own.map(({ time }) => time));
  return own.length === 0 ? at + 1 : Math.min(...own.filter(({ time }) => time === last).map(({ place }) => place));
}

async function rowsOf(engine: StateEngine, send: (driver: TestDriver) => Promise<void>): Promise<readonly Joined[]> {
  const driver = await createTestDriver(topology, { deadLetters, partitions: 1, start: START, engine });
  await driver.input(blueprints).send(published(TEXT));
  await driver.input(decisions).send({ key: "d", value: ranking, time: START });
  await send(driver);
  await driver.advanceTo(START + TTL);
  const rows = driver.output(joined).readAll();
  expect(driver.output(deadLetters).readAll()).toEqual([]);
  await driver.close();
  return rows.map(({ value }) => value);
}

/** The newest row of an option as of a time. */
const asOf = (rows: readonly Joined[], at: number, time: number): Joined | undefined =>
  rows.reduce<Joined | undefined>(
    (newest, row) =>
      row.option === at && row.rowTime <= time && (newest === undefined || newest.rowTime <= row.rowTime)
        ? row
        : newest,
    undefined,
  );

const engines: readonly (readonly [string, () => StateEngine])[] = [
  ["an engine that reads within handlers", createMemoryEngine],
  ["an engine that must load", backgroundEngine],
];
const cases = [3, 10, 30].flatMap((count) => [1, 2, 3, 4].map((seed) => ({ count, seed })));

describe.each(engines)("positions that observations tell, on %s", (_, engine) => {
  test.each(cases)(
    "are those seen by the time of the row: $count observations, seed $seed",
    async ({ count, seed }) => {
      const all = randomObservations(seed * 100 + count, count).sort((a, b) => a.time - b.time);
      const next = random(seed);
      const rows = await rowsOf(engine(), async (driver) => {
        for (const one of all) {
          if (next() < 0.2) await driver.restart();
          await driver.input(observations).send(one);
        }
      });
      expect(rows.length).toBeGreaterThanOrEqual(SHOWN.length);
      for (const { option, position, rowTime } of rows) {
        // Of the observations at the time of a row only some may have come.
        const before = all.filter(({ time }) => time < rowTime);
        const with1 = all.filter(({ time }) => time === rowTime).map((one) => [...before, one]);
        expect([before, ...with1].map((known) => positionOf(known, option!))).toContain(position);
      }
      for (const at of SHOWN.keys())
        expect(rows.findLast(({ option }) => option === at)!.position).toBe(positionOf(all, at));
    },
  );

  test.each(cases)(
    "end the same in whatever order they come: $count observations, seed $seed",
    async ({ count, seed }) => {
      const all = randomObservations(seed * 100 + count, count);
      const next = random(seed);
      const rows = await rowsOf(engine(), async (driver) => {
        for (const one of shuffled(all, random(seed + 1))) {
          if (next() < 0.2) await driver.restart();
          await driver.input(observations).send(one);
        }
      });
      for (const at of SHOWN.keys())
        expect(rows.findLast(({ option }) => option === at)!.position).toBe(positionOf(all, at));
    },
  );

  test.each(cases)("are the same of history in any order: $count observations, seed $seed", async ({ count, seed }) => {
    const all = randomObservations(seed * 100 + count, count);
    const headers = { [SOURCE_HEADER]: Buffer.from("a file") };
    const fed = (order: readonly Seen[]) =>
      rowsOf(engine(), async (driver) => {
        for (const one of order) await driver.input(observations).send({ ...one, headers });
      });
    const inOrder = await fed(all.toSorted((a, b) => a.time - b.time));
    const mixed = await fed(shuffled(all, random(seed)));
    for (const at of SHOWN.keys()) {
      for (let quarter = 0; quarter <= 33; quarter++) {
        const time = START + (quarter * HOUR) / 4;
        const said = (rows: readonly Joined[]) => {
          const row = asOf(rows, at, time);
          return row && [row.label, ...row.others.map(({ label }) => label), row.maturity === "partial", row.position];
        };
        expect(said(mixed), `${SHOWN[at]} after ${quarter / 4} h`).toEqual(said(inOrder));
      }
    }
  });
});
