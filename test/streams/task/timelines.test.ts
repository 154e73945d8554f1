import { afterEach, expect, test } from "vitest";
import { deadLetters } from "../../../schemas/index.ts";
import { TaskState } from "../../../streams/state/task-state.ts";
import { Timelines } from "../../../streams/task/timelines.ts";
import {
  createMemoryEngine,
  createTestDriver,
  defineOperator,
  defineTopic,
  defineTopology,
  jsonStore,
  SOURCE_HEADER,
  streamsLimits,
  type TestDriver,
} from "../../../streams/index.ts";

const NOW = Date.UTC(2026, 5, 1);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const { feedQuietMs, historyQuietMs } = streamsLimits;

interface Order {
  readonly shop: string;
}
const shop = [{ name: "shop", type: "string" }];
const orders = defineTopic<Order>({
  name: "orders",
  schema: { type: "record", name: "Order", fields: shop },
  useCaseOf: (value) => value.shop,
});
const confirmed = defineTopic<Order>({
  name: "confirmed",
  schema: { type: "record", name: "Confirmed", fields: shop },
  useCaseOf: (value) => value.shop,
});
/** Names no use case. */
const visits = defineTopic<Order>({ name: "visits", schema: { type: "record", name: "Visit", fields: shop } });
const closed = defineTopic<Order>({ name: "closed", schema: { type: "record", name: "Closed", fields: shop } });
const clock = defineTopic<{ time: number }>({
  name: "clock",
  schema: { type: "record", name: "Clock", fields: [{ name: "time", type: "long" }] },
  partitions: 1,
  timestamps: "arrival",
});

/** Passes orders on, over a real topic. */
const confirm = defineOperator({
  name: "confirm",
  in: { orders },
  out: { confirmed },
  state: {},
  globals: {},
  handlers: {
    orders(records, context) {
      for (const from of records) {
        const { key, value, time } = from;
        context.emit("confirmed", { key, value, time, from, headers: {} });
      }
    },
  },
});
/** A confirmed order is open for an hour. */
const close = defineOperator({
  name: "close",
  in: { confirmed, visits },
  out: { closed },
  state: { open: jsonStore<Order>() },
  globals: {},
  handlers: {
    confirmed(records, context) {
      for (const record of records) {
        context.state.open.put(record.key, record.value);
        context.schedule(record.time + HOUR, record.key, record);
      }
    },
    visits: () => undefined,
  },
  onTimer({ time, key }, context) {
    const value = context.state.open.get(key);
    if (value !== undefined) context.emit("closed", { key, value, time });
    context.state.open.delete(key);
  },
});

let driver: TestDriver;
let now = NOW;
const open = async (): Promise<void> => {
  now = NOW;
  const topology = defineTopology({ name: "t", operators: [confirm, close], clock });
  driver = await createTestDriver(topology, { deadLetters, start: NOW, now: () => now });
};
afterEach(() => driver.close());

const from = (source: string) => ({ headers: { [SOURCE_HEADER]: Buffer.from(source) } });
const order = (key: string, of: string, time: number, source?: string): Promise<void> =>
  driver.input(orders).send({ key, value: { shop: of }, time, ...(source === undefined ? {} : from(source)) });
const visit = (time: number, source?: string): Promise<void> =>
  driver.input(visits).send({ key: "v", value: { shop: "" }, time, ...(source === undefined ? {} : from(source)) });
const tick = (time: number, source?: string): Promise<void> =>
  driver.input(clock).send({ key: "clock", value: { time }, time, ...(source === undefined ? {} : from(source)) });
/** What has closed since it was last asked. */
const done = (): string =>
  driver
    .output(closed)
    .readAll()
    .map(({ key }) => key)
    .join(" ");

test("a use case's records move its own time alone; a tick and a record that names none move all that is live", async () => {
  await open();
  await order("a", "tea", NOW - 2 * HOUR);
  await order("b", "jam", NOW - 80 * MINUTE);
  await order("a2", "tea", NOW - 30 * MINUTE);
  expect(done()).toBe("a");
  await visit(NOW - 20 * MINUTE);
  expect(done()).toBe("b");
  now += HOUR;
  await tick(now);
  expect(done()).toBe("a2");
});

test("an import beside live use cases closes what it imports, and nothing else, whatever it says of the time", async () => {
  await open();
  await order("live", "tea", NOW - 10 * MINUTE);
  await order("old", "tea", NOW - 3 * DAY, "import");
  expect(done()).toBe("");
  await visit(NOW - 2 * DAY, "import");
  expect(done()).toBe("old");
  await order("newer", "tea", NOW - 20 * MINUTE, "import");
  for (const time of [NOW, NOW + 50 * MINUTE]) await tick(time, "import");
  expect(done()).toBe("");
  now = NOW + 50 * MINUTE;
  await tick(now);
  expect(done()).toBe("live newer");
});

test("live ticks close what a feed has left open, once it is over: its history ended long ago, and it may go on for an hour", async () => {
  await open();
  await order("old", "tea", NOW - 3 * DAY, "import");
  now += historyQuietMs;
  await tick(now);
  now += feedQuietMs - historyQuietMs - 1;
  await tick(now);
  await visit(now);
  expect(done()).toBe("");
  now += 1;
  await visit(now);
  expect(done()).toBe("");
  await tick(now);
  expect(done()).toBe("old");
});

test("a live use case that is fed history by a plain producer keeps its own time while that goes on", async () => {
  await open();
  await order("live", "tea", NOW);
  for (let hour = 0; hour < 4; hour++) {
    await order(`h${hour}`, "jam", NOW - 3 * DAY + hour * 30 * MINUTE);
    now += 1_000;
    await tick(now);
    await visit(now);
  }
  expect(done()).toBe("h0 h1");
  now += historyQuietMs;
  await tick(now);
  expect(done()).toBe("h2 h3");
});

test("a feeder of old ways, whose ticks name nobody and lie far behind, still moves what is live up to there", async () => {
  await open();
  await order("live", "tea", NOW);
  await order("old", "jam", NOW - 3 * DAY);
  await tick(NOW - 2 * DAY);
  expect(done()).toBe("old");
});

test("a loop that was away for days first reads what came meanwhile", async () => {
  await open();
  await order("before", "tea", NOW);
  now = NOW + 2 * DAY;
  await driver.restart();
  await tick(now);
  await order("meanwhile", "tea", NOW + 30 * MINUTE);
  await tick(now);
  expect(done()).toBe("");
  now += historyQuietMs;
  await tick(now);
  expect(done()).toBe("before meanwhile");
});

test("a restart leaves every timeline where it was, and loses no timer of any", async () => {
  await open();
  await order("live", "tea", NOW);
  await order("old", "tea", NOW - 3 * DAY, "import");
  await order("jam", "jam", NOW - 30 * MINUTE);
  await driver.restart();
  await order("old2", "tea", NOW - 3 * DAY + HOUR, "import");
  expect(done()).toBe("old");
  now += 40 * MINUTE;
  await tick(now);
  expect(done()).toBe("jam");
  now += 30 * MINUTE;
  await tick(now);
  expect(done().split(" ").sort().join(" ")).toBe("live old2");
});

test("any number of use cases and feeds that nobody knows are bounded, and cost nobody a timer", async () => {
  await open();
  const many = streamsLimits.timelines + 50;
  for (let i = 0; i < many; i++) await order(`o${i}`, `shop${i}`, NOW - 10 * MINUTE);
  await order("\0", "\0\u0001\0", NOW - 10 * MINUTE);
  await order("feed", "tea", NOW - 10 * MINUTE, "\0\u0001".repeat(9_000));
  await driver.restart();
  now += HOUR;
  await tick(now);
  now += historyQuietMs;
  await tick(now);
  expect(done().split(" ")).toHaveLength(many + 2);
  await order("again", "shop0", now);
  now += HOUR;
  await tick(now);
  expect(done()).toBe("again");
});

test("timers of a timeline that the checkpoint does not know, as after a move between partitions, fire with the ticks", async () => {
  await open();
  await order("live", "tea", NOW);
  const engine = createMemoryEngine();
  const database = await engine.open("t");
  const before = await TaskState.open(database);
  for (const line of ["\u0001tea", "import\u0001"]) before.schedule("close", NOW + HOUR, line, line);
  before.accept();
  await before.flush({ positions: {}, streamTime: NOW, changelogOffset: 0 });
  const arrival = { now: NOW + DAY, latest: NOW + DAY, at: 0 };
  const state = await TaskState.open(database);
  const lines = new Timelines(state, { ...arrival, at: -historyQuietMs });
  lines.look(arrival);
  const moved = lines.movedBy({ moves: NOW + DAY, line: lines.general }, true);
  expect(moved.map(({ id }) => id).sort()).toEqual(["", "\u0001tea", "import\u0001"]);
});
