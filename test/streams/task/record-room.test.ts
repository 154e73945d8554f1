import { afterEach, beforeEach, expect, test } from "vitest";
import { deadLetters } from "../../../schemas/index.ts";
import {
  createTestDriver,
  defineOperator,
  defineTopic,
  defineTopology,
  jsonStore,
  streamsLimits,
  type TestDriver,
} from "../../../streams/index.ts";

const LIMIT = streamsLimits.recordBytes;
const record = (name: string, field: object) => ({ type: "record", name, fields: [field] }) as const;
const wishes = defineTopic<{ size: number }>({
  name: "wishes",
  schema: record("Wish", { name: "size", type: "int" }),
});
const granted = defineTopic<{ text: string }>({
  name: "granted",
  schema: record("Granted", { name: "text", type: "string" }),
});
const clock = defineTopic<{ time: number }>({
  name: "clock",
  schema: record("Clock", { name: "time", type: "long" }),
  partitions: 1,
});

/** Makes records of the size that is asked for: what it emits, keeps and schedules. The key's first part says which. */
const grant = defineOperator({
  name: "grant",
  in: { wishes },
  out: { granted },
  state: { kept: jsonStore<string>() },
  globals: {},
  handlers: {
    wishes(records, context) {
      for (const from of records) {
        const { key, time } = from;
        const text = "x".repeat(from.value.size);
        context.state.kept.put(`seen ${key}`, "before");
        if (key.startsWith("keep")) context.state.kept.put(key, text);
        if (key.startsWith("timer")) context.schedule(time + 1_000, text);
        if (key.startsWith("later")) context.schedule(time + 1_000, `${key} ${from.value.size}`);
        context.emit("granted", { key, value: { text: key.startsWith("emit") ? text : "" }, time, from });
      }
    },
  },
  onTimer({ key, time }, context) {
    context.emit("granted", { key, value: { text: "x".repeat(Number(key.split(" ")[1] ?? 0)) }, time });
  },
});
const topology = defineTopology({ name: "sizes", operators: [grant], clock });

let driver: TestDriver;
beforeEach(async () => {
  driver = await createTestDriver(topology, { deadLetters });
});
afterEach(() => driver.close());

const wish = (key: string, size = 0, headers = {}) => ({ key, value: { size }, time: 1_000, headers });
const keysGranted = () => driver.output(granted).readAll();

test.each([
  [
    "what is emitted",
    "emit big",
    /^operator grant: the record of key emit big for granted has 1000\d+ bytes; at most 1000000 fit/,
  ],
  [
    "what is kept",
    "keep big",
    /^operator grant, store kept: the value of key keep big would have 1000\d+ bytes; at most 1000000 fit/,
  ],
  [
    "a timer's key",
    "timer big",
    /^a timer of operator grant: the record of key x{200} for .+ has 1000\d+ bytes; at most 1000000 fit/,
  ],
])("%s over the limit undoes its own record alone", async (_, key, message) => {
  await driver.input(wishes).send(wish("first"), wish(key, LIMIT), wish("last"));
  expect(keysGranted().map((out) => out.key)).toEqual(["first", "last"]);
  expect(driver.deadLetters()).toMatchObject([
    {
      topic: "wishes",
      offset: 1,
      operator: "grant",
      code: "RECORD_TOO_LARGE",
      message: expect.stringMatching(message) as string,
    },
  ]);
  const { get } = driver.state(grant, "kept");
  expect(["first", key, "last"].map((each) => get(`seen ${each}`))).toEqual(["before", undefined, "before"]);
});

test("what just fits is written and kept", async () => {
  await driver.input(wishes).send(wish("emit big", LIMIT - 200), wish("keep big", LIMIT - 200));
  expect(keysGranted().map(({ key, value }) => [key, value.text.length])).toEqual([
    ["emit big", LIMIT - 200],
    ["keep big", 0],
  ]);
  expect(driver.state(grant, "kept").get("keep big")).toHaveLength(LIMIT - 200);
  expect(driver.deadLetters()).toEqual([]);
});

test("headers that are passed on count", async () => {
  const trace = Buffer.alloc(150_000, "h");
  await driver.input(wishes).send(wish("emit big", LIMIT - 100_000, { trace }), wish("emit small", 1, { trace }));
  expect(keysGranted().map(({ key, headers }) => [key, headers["trace"]?.length])).toEqual([["emit small", 150_000]]);
  expect(driver.deadLetters()).toMatchObject([{ offset: 0, code: "RECORD_TOO_LARGE", cut: false }]);
});

test.each([
  ["1,001 headers", Object.fromEntries(Array.from({ length: 1_001 }, (_, i) => [`h${i}`, Buffer.from("x")]))],
  ["a header's name of 1,025 bytes", { ["n".repeat(1_025)]: Buffer.from("x") }],
])("%s are not passed on: no log takes them", async (_, headers) => {
  await driver.input(wishes).send(wish("emit first"), wish("emit headers", 1, headers), wish("emit last"));
  expect(keysGranted().map(({ key }) => key)).toEqual(["emit first", "emit last"]);
  expect(driver.deadLetters()).toMatchObject([{ offset: 1, operator: "grant", code: "RECORD_TOO_LARGE" }]);
});

test("a timer whose record would not fit becomes a dead letter, and the timers beside it fire", async () => {
  await driver.input(wishes).send(wish("later 5"), wish("later-big", LIMIT), wish("later 7"));
  keysGranted();
  await driver.advanceTo(10_000);
  expect(keysGranted().map(({ key }) => key)).toEqual(["later 5 0", "later 7 0"]);
  expect(driver.deadLetters()).toMatchObject([
    { topic: `timer later-big ${LIMIT}`, offset: 2_000, operator: "grant", code: "RECORD_TOO_LARGE" },
  ]);
});
