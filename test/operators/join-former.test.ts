import { beforeEach, expect, test } from "vitest";
import { blueprintTable } from "../../catalogue/index.ts";
import { join } from "../../operators/index.ts";
import {
  blueprints,
  clock,
  deadLetters,
  decisions,
  formerDecisionSchema,
  joined,
  observations,
  type FormerDecision,
} from "../../schemas/index.ts";
import {
  avroStore,
  createMemoryEngine,
  createTestDriver,
  defineTopic,
  defineTopology,
  type StateEngine,
  type TestDriver,
} from "../../streams/index.ts";
import { decision, HOUR, PARCELS, published, START } from "./parcels.ts";
import { parseBlueprint } from "../../blueprints/index.ts";

/** What the state of a task was before decisions were known by their use case, with its timers. */
interface Former {
  readonly decision: FormerDecision | null;
  readonly observations: readonly object[];
  readonly done: boolean;
  readonly label: number | null;
  readonly closed: boolean;
  readonly next: FormerDecision | null;
  readonly closedTime: number | null;
}
const former = avroStore<Former>(
  defineTopic({
    name: "former",
    schema: {
      type: "record",
      name: "Pending",
      fields: [
        { name: "decision", type: ["null", formerDecisionSchema] },
        {
          name: "observations",
          type: {
            type: "array",
            items: {
              type: "record",
              name: "PendingObservation",
              fields: [
                { name: "id", type: "string" },
                { name: "time", type: "long" },
                { name: "values", type: { type: "map", values: ["null", "boolean", "double", "string"] } },
                { name: "partition", type: "int" },
                { name: "offset", type: "long" },
              ],
            },
          },
        },
        { name: "done", type: "boolean" },
        { name: "label", type: ["null", "double"] },
        { name: "closed", type: "boolean" },
        { name: "next", type: ["null", "loopstream.DecisionRecorded"] },
        { name: "closedTime", type: ["null", "long"] },
      ],
    },
  }),
);
const nothing: Former = {
  decision: null,
  observations: [],
  done: false,
  label: null,
  closed: false,
  next: null,
  closedTime: null,
};

const SUM = PARCELS.replace("  value: delay >= 10\n", "  value: delay\n  aggregate: sum\n").replace(
  "policy:",
  "model: { objective: regression }\npolicy:",
);
const blueprintVersion = parseBlueprint(SUM).version;
const ORPHANS = 24 * HOUR;
const WAIT = 2 * HOUR;
const TTL = 6 * HOUR;
const topology = defineTopology({
  name: "t",
  operators: [join({ orphanMs: ORPHANS })],
  globals: [blueprintTable],
  clock,
});

let engine: StateEngine;
let driver: TestDriver;
beforeEach(() => void (engine = createMemoryEngine()));

const made = (time = START, more = {}) => decision("d", time, { blueprintVersion, ...more });
const observed = (n: number, time = START + 1 + n) => ({
  id: `o${n}`,
  time,
  values: { kind: "arrival", delay: 1 },
  partition: 0,
  offset: n,
});
const seen = (n: number, time: number) => ({
  key: "d",
  value: {
    decisionId: "d",
    useCase: "",
    observationId: `o${n}`,
    optionId: "",
    activation: false,
    values: { kind: "arrival", delay: 1 },
  },
  time,
});

async function from(state: Partial<Former>, timers: readonly number[]): Promise<void> {
  const database = await engine.open("join-0");
  await database.write([
    ["join.pending\0d", former.encode({ ...nothing, ...state })],
    ...timers.map((time) => [`\u0002${String(time).padStart(16, "0")}\0join\0d`, Uint8Array.of(1)] as const),
  ]);
  driver = await createTestDriver(topology, { deadLetters, start: START, engine });
  await driver.input(blueprints).send(published(SUM));
}
const rows = () =>
  driver
    .output(joined)
    .readAll()
    .map(({ value: { label, rowTime, maturity } }) => [label, rowTime - START, maturity]);
const codes = () => driver.deadLetters().map(({ code }) => code);
const left = async () => (await engine.open("join-0")).range("join.", "join/");

test("an open decision with its observations makes the row it would have made, takes more and is closed in time", async () => {
  const count = 20;
  await from({ decision: made(), observations: Array.from({ length: count }, (_, n) => observed(n)) }, [
    START + WAIT,
    START + TTL,
  ]);
  await driver.input(observations).send(seen(3, START + HOUR), seen(count, START + HOUR + 1));
  await driver.restart();
  await driver.advanceTo(START + WAIT);
  expect(rows()).toEqual([[count + 1, WAIT, "provisional"]]);
  await driver.input(observations).send(seen(count + 1, START + 3 * HOUR));
  expect(rows()).toEqual([[count + 2, 3 * HOUR, "corrected"]]);
  await driver.advanceTo(START + TTL);
  await driver.input(observations).send(seen(count + 2, START + TTL + 1));
  expect(codes()).toEqual(["TOO_LATE"]);
  await driver.advanceTo(START + TTL + ORPHANS);
  expect(await left()).toEqual([]);
});

test("one whose row was made is corrected, and its timers alone close it and open the next one", async () => {
  const next = made(START + TTL - HOUR, { repeatOf: START });
  const state = { decision: made(), observations: [observed(0)], done: true, label: 1, next };
  await from(state, [START + TTL]);
  await driver.input(observations).send(seen(1, START + TTL - 1));
  expect(rows()).toEqual([[2, TTL - 1, "corrected"]]);
  await driver.advanceTo(START + 2 * TTL);
  expect(rows()).toEqual([[1, TTL - HOUR + WAIT, "provisional"]]);
  expect(codes()).toEqual([]);
});

test("a closed one is remembered, of whichever use case it was, and forgotten by its own timer", async () => {
  await from({ done: true, closed: true, closedTime: START - TTL }, [START + HOUR]);
  await driver.input(observations).send(seen(0, START));
  await driver.input(decisions).send({ key: "d", value: made(START), time: START });
  expect(codes()).toEqual(["TOO_LATE", "DECISION_ID_REUSED"]);
  const again = made(START + 1, { repeatOf: START - TTL });
  await driver
    .input(decisions)
    .send({ key: "d", value: made(START - TTL), time: START }, { key: "d", value: again, time: START + 1 });
  await driver.advanceTo(START + 1 + WAIT);
  expect(rows()).toEqual([[null, 1 + WAIT, "expired"]]);
  await driver.advanceTo(START + 1 + TTL + ORPHANS);
  expect(codes()).toHaveLength(2);
  expect(await left()).toEqual([]);
});

test("observations that wait for their decision wait on, and become dead letters in their own time", async () => {
  const waiting = Array.from({ length: 13 }, (_, n) => observed(n, START - ORPHANS + HOUR + 60_000 * n));
  const timers = waiting.map(({ time }) => time + ORPHANS);
  await from({ observations: waiting }, timers);
  for (const [n, time] of timers.slice(0, 12).entries()) {
    await driver.advanceTo(time);
    expect(driver.deadLetters().map(({ offset }) => offset)).toEqual(
      waiting.slice(0, n + 1).map(({ offset }) => offset),
    );
  }
  const time = START + HOUR;
  await driver.input(decisions).send({ key: "d", value: made(time), time });
  await driver.advanceTo(time + WAIT);
  expect(rows()).toEqual([[1, HOUR + WAIT, "provisional"]]);
  await driver.advanceTo(time + TTL + ORPHANS);
  expect(codes()).toHaveLength(12);
  expect(await left()).toEqual([]);
});
