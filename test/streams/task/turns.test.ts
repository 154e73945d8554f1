import { afterEach, beforeEach, expect, test } from "vitest";
import { deadLetters } from "../../../schemas/index.ts";
import {
  createTestDriver,
  defineOperator,
  defineTopic,
  defineTopology,
  type TestDriver,
} from "../../../streams/index.ts";

const schema = { type: "record", name: "Work", fields: [{ name: "bad", type: "boolean" }] } as const;
const work = defineTopic<{ bad: boolean }>({ name: "work", schema });
const done = defineTopic<{ bad: boolean }>({ name: "done", schema });
const clock = defineTopic<{ time: number }>({
  name: "clock",
  schema: { type: "record", name: "Clock", fields: [{ name: "time", type: "long" }] },
  partitions: 1,
});

/** Really busy, as a handler that has much to do is. */
function spin(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

const slow = defineOperator({
  name: "slow",
  in: { work },
  out: { done },
  state: {},
  globals: {},
  handlers: {
    work(records, context) {
      for (const from of records) {
        if (from.key === "timer") {
          context.schedule(10, String(from.origin.offset));
          continue;
        }
        spin(1);
        if (from.value.bad) throw new Error("bad");
        context.emit("done", { key: from.key, value: from.value, time: from.time, from });
      }
    },
  },
  onTimer({ key, time }, context) {
    spin(1);
    context.emit("done", { key, value: { bad: false }, time });
  },
});

let driver: TestDriver;
beforeEach(async () => {
  driver = await createTestDriver(defineTopology({ name: "turns", operators: [slow], clock }), { deadLetters });
});
afterEach(() => driver.close());

/** The longest time for which the event loop had no turn, ms. */
async function longestWithoutTurn(run: () => Promise<void>): Promise<number> {
  let last = performance.now();
  let longest = 0;
  let watching = true;
  const look = (): void => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
    if (watching) setImmediate(look);
  };
  look();
  await run();
  watching = false;
  look();
  return longest;
}

const record = (key: string, i: number, bad = false) => ({ key, value: { bad }, time: i });

test.each([
  ["3,000 records of one key that take a millisecond each", "a", false],
  ["3,000 timers that are due at once", "timer", false],
  ["a batch that fails and is tried record by record", "a", true],
])("%s leave the event loop its turn", { timeout: 60_000 }, async (_, key, fails) => {
  const records = Array.from({ length: 3_000 }, (_, i) =>
    record(key, key === "timer" ? 0 : i, fails && i % 100 === 50),
  );
  await driver.input(work).queue(...records);
  const longest = await longestWithoutTurn(async () => {
    await driver.run();
    if (key === "timer") await driver.advanceTo(100);
  });
  expect(longest).toBeLessThan(1_000);
  expect(driver.output(done).readAll()).toHaveLength(fails ? 2_970 : 3_000);
  expect(driver.deadLetters()).toHaveLength(fails ? 30 : 0);
});
