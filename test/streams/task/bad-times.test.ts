import { expect, test } from "vitest";
import { deadLetters } from "../../../schemas/index.ts";
import {
  createTestDriver,
  defineOperator,
  defineTopic,
  defineTopology,
  globalTable,
  jsonStore,
  LATEST_TIME,
  streamsLimits,
  type GlobalFold,
} from "../../../streams/index.ts";

const NOW = Date.UTC(2026, 5, 1);
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const YEAR_3000 = Date.UTC(3000, 0, 1);

const schema = (name: string) => ({ type: "record", name, fields: [{ name: "n", type: "int" }] }) as const;
const parcels = defineTopic<{ n: number }>({ name: "parcels", schema: schema("Parcel") });
const strict = defineTopic<{ n: number }>({ name: "strict", schema: schema("Strict"), maxFutureMs: 1_000 });
const late = defineTopic<{ n: number }>({ name: "late", schema: schema("Late") });
const scans = defineTopic<{ n: number }>({ name: "scans", schema: schema("Scan") });
const clock = defineTopic<{ time: number }>({
  name: "clock",
  schema: { type: "record", name: "Clock", fields: [{ name: "time", type: "long" }] },
  partitions: 1,
  timestamps: "arrival",
});

/** A parcel is late one hour after it was sent. */
const watch = defineOperator({
  name: "watch",
  in: { parcels, strict },
  out: { late },
  state: { open: jsonStore<number>() },
  globals: {},
  handlers: {
    parcels(records, context) {
      for (const { key, value, time } of records) {
        context.state.open.put(key, value.n);
        context.schedule(time + HOUR, key);
      }
    },
    strict: () => undefined,
  },
  onTimer({ time, key }, context) {
    context.emit("late", { key, value: { n: context.state.open.get(key)! }, time });
  },
});

const folded: GlobalFold<{ n: number }> = {
  kind: "fold",
  name: "folded",
  topic: scans,
  tables: [globalTable("none", scans)],
  fold: ({ key, time }, bytes) => bytes.put(key, Buffer.from(String(time))),
};

async function open(at: { now: number } | undefined = { now: NOW }) {
  const topology = defineTopology({ name: "t", operators: [watch], globals: [folded], clock });
  const driver = await createTestDriver(topology, {
    deadLetters,
    start: NOW,
    ...(at === undefined ? {} : { now: () => at.now }),
  });
  const lates = (): readonly string[] =>
    driver
      .output(late)
      .readAll()
      .map(({ key }) => key);
  const letters = (): readonly string[] =>
    driver.deadLetters().map(({ code, topic, offset }) => `${code} ${topic} ${offset}`);
  return { driver, lates, letters };
}

test.each([-1, -62_000_000_000_000, LATEST_TIME + 1, Number.NaN, Number.POSITIVE_INFINITY, NOW + 0.5])(
  "a record of time %d is a dead letter on every input; those beside it are handled",
  async (time) => {
    for (const history of [false, true]) {
      const { driver, lates, letters } = await open(history ? undefined : { now: NOW });
      await driver
        .input(parcels)
        .send(
          { key: "a", value: { n: 1 }, time: NOW - 2 * HOUR },
          { key: "bad", value: { n: 2 }, time },
          { key: "b", value: { n: 3 }, time: NOW - 2 * HOUR },
        );
      await driver
        .input(scans)
        .send({ key: "bad", value: { n: 1 }, time }, { key: "good", value: { n: 1 }, time: NOW });
      await driver.advanceTo(NOW);
      expect(lates()).toEqual(["a", "b"]);
      expect(letters()).toEqual(["BAD_TIME parcels 1", "BAD_TIME scans 0"]);
      expect(driver.global(folded).get("bad")).toBeUndefined();
      expect(driver.global(folded).get("good")).toBeDefined();
      await driver.restart();
      await driver.advanceTo(NOW);
      expect(letters()).toHaveLength(2);
      await driver.close();
    }
  },
);

test("a record too far ahead of its arrival is a dead letter that says when it came, and moves no time", async () => {
  const { driver, lates, letters } = await open();
  await driver.input(parcels).send({ key: "a", value: { n: 1 }, time: NOW });
  for (const time of [YEAR_3000, NOW + 3 * HOUR, NOW + streamsLimits.maxFutureMs + 1]) {
    await driver.input(parcels).send({ key: "ahead", value: { n: 2 }, time });
    await driver.input(scans).send({ key: "ahead", value: { n: 2 }, time });
  }
  expect(lates()).toEqual([]);
  expect(letters()).toEqual([1, 2, 3].flatMap((n) => [`AHEAD_OF_TIME parcels ${n}`, `AHEAD_OF_TIME scans ${n - 1}`]));
  expect(driver.deadLetters()[0]!.message).toContain("came at 2026-06-01T00:00:00.000Z");
  expect(driver.global(folded).get("ahead")).toBeUndefined();
  await driver.close();
});

test("within the bound a record is handled at its own time, and moves time to its arrival at most", async () => {
  const at = { now: NOW };
  const { driver, lates, letters } = await open(at);
  await driver.input(parcels).send({ key: "a", value: { n: 1 }, time: NOW - HOUR + 1 });
  await driver.input(parcels).send({ key: "ahead", value: { n: 2 }, time: NOW + streamsLimits.maxFutureMs });
  expect(lates()).toEqual([]);
  at.now = NOW + 1;
  await driver.advanceTo(at.now);
  expect(lates()).toEqual(["a"]);
  at.now = NOW + streamsLimits.maxFutureMs + HOUR;
  await driver.advanceTo(at.now);
  expect(lates()).toEqual(["ahead"]);
  expect(letters()).toEqual([]);
  await driver.close();
});

test("an input has a bound of its own", async () => {
  const { driver, letters } = await open();
  await driver.input(strict).send({ key: "a", value: { n: 1 }, time: NOW + 1_000 });
  await driver.input(strict).send({ key: "a", value: { n: 1 }, time: NOW + 1_001 });
  expect(letters()).toEqual(["AHEAD_OF_TIME strict 1"]);
  await driver.close();
});

test("a tick moves time to its arrival at most, whatever it says; one far ahead is a dead letter, now and after a restart", async () => {
  const at = { now: NOW };
  const { driver, lates, letters } = await open(at);
  await driver.input(parcels).send({ key: "a", value: { n: 1 }, time: NOW });
  const ticks = driver.input(clock);
  await ticks.send({ key: "clock", value: { time: NOW + HOUR }, time: NOW });
  expect(lates()).toEqual([]);
  for (const time of [NOW + 3 * DAY, YEAR_3000, -1]) await ticks.send({ key: "clock", value: { time }, time: NOW });
  await driver.restart();
  await driver.run();
  expect(lates()).toEqual([]);
  expect(letters().slice(0, 3)).toEqual(["AHEAD_OF_TIME clock 1", "AHEAD_OF_TIME clock 2", "BAD_TIME clock 3"]);
  at.now = NOW + HOUR;
  await ticks.send({ key: "clock", value: { time: at.now }, time: at.now });
  expect(lates()).toEqual(["a"]);
  await driver.close();
});

test("an operator that emits or schedules at no time at all loses its own record only", async () => {
  const wrong = defineOperator({
    name: "wrong",
    in: { parcels },
    out: { late },
    state: {},
    globals: {},
    handlers: {
      parcels(records, context) {
        for (const { key, value, time } of records) {
          if (key === "emit") context.emit("late", { key, value, time: Number.NaN });
          if (key === "schedule") context.schedule(Number.POSITIVE_INFINITY, key);
          context.emit("late", { key, value, time });
        }
      },
    },
    onTimer: () => undefined,
  });
  const driver = await createTestDriver(defineTopology({ name: "t", operators: [wrong], clock }), { deadLetters });
  await driver
    .input(parcels)
    .send(...["emit", "a", "schedule", "b"].map((key) => ({ key, value: { n: 1 }, time: NOW })));
  expect(
    driver
      .output(late)
      .readAll()
      .map(({ key }) => key),
  ).toEqual(["a", "b"]);
  expect(driver.deadLetters().map(({ code, offset }) => `${code} ${offset}`)).toEqual(["BAD_TIME 0", "BAD_TIME 2"]);
  await driver.close();
});
