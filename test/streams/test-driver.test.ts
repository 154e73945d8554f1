import { describe, expect, test } from "vitest";
import { deadLetters } from "../../schemas/index.ts";
import {
  createTestDriver,
  defineOperator,
  defineTopic,
  defineTopology,
  globalTable,
  jsonStore,
  type TestDriver,
  type Topology,
} from "../../streams/index.ts";

const record = (name: string, fields: readonly object[]) => ({ type: "record", name, fields }) as const;
const number = (name: string) => ({ name, type: "double" }) as const;
const text = (name: string) => ({ name, type: "string" }) as const;

const sales = defineTopic<{ item: string; amount: number }>({
  name: "sales",
  schema: record("Sale", [text("item"), number("amount")]),
});
const prices = defineTopic<{ price: number }>({
  name: "prices",
  schema: record("Price", [number("price")]),
  partitions: 1,
});
const priced = defineTopic<{ item: string; total: number }>({
  name: "priced",
  schema: record("Priced", [text("item"), number("total")]),
});
const hourly = defineTopic<{ sum: number; count: number }>({
  name: "hourly",
  schema: record("Hourly", [number("sum"), number("count")]),
});
const clock = defineTopic<{ time: number }>({
  name: "clock",
  schema: record("Clock", [{ name: "time", type: "long" }]),
  partitions: 1,
});
const priceTable = globalTable("prices", prices);

const price = defineOperator({
  name: "price",
  in: { sales },
  out: { priced },
  state: {},
  globals: { prices: priceTable },
  handlers: {
    sales(records, context) {
      for (const from of records) {
        const found = context.globals.prices.get(from.value.item);
        if (found === undefined) throw new Error(`no price for ${from.value.item}`);
        const total = found.price * from.value.amount;
        context.emit("priced", { key: from.key, value: { item: from.value.item, total }, time: from.time, from });
      }
    },
  },
});

const HOUR = 3_600_000;
const sum = defineOperator({
  name: "sum",
  in: { priced },
  out: { hourly },
  state: { open: jsonStore<{ sum: number; count: number }>() },
  globals: {},
  handlers: {
    priced(records, context) {
      for (const { key, value, time } of records) {
        const id = `${key}@${Math.floor(time / HOUR)}`;
        const before = context.state.open.get(id);
        if (before === undefined) context.schedule((Math.floor(time / HOUR) + 1) * HOUR, id);
        context.state.open.put(id, { sum: (before?.sum ?? 0) + value.total, count: (before?.count ?? 0) + 1 });
      }
    },
  },
  onTimer({ time, key }, context) {
    context.emit("hourly", { key: key.split("@")[0]!, value: context.state.open.get(key)!, time });
    context.state.open.delete(key);
  },
});

const shop = (inMemory: boolean): Topology =>
  defineTopology({
    name: "shop",
    operators: [price, sum],
    globals: [priceTable],
    memoryEdges: inMemory ? [priced] : [],
    clock,
  });

async function open(inMemory = true, partitions = 1): Promise<TestDriver> {
  const driver = await createTestDriver(shop(inMemory), { deadLetters, partitions });
  await driver.input(prices).send({ key: "tea", value: { price: 2 } }, { key: "jam", value: { price: 5 } });
  return driver;
}

const sale = (key: string, item: string, amount: number, time: number) => ({ key, value: { item, amount }, time });

describe("the test driver", () => {
  test("a record passes through every operator before send resolves", async () => {
    const driver = await open(false);
    await driver.input(sales).send(sale("anna", "tea", 3, 1_000));
    expect(driver.output(priced).read()).toMatchObject({ key: "anna", value: { item: "tea", total: 6 }, time: 1_000 });
    expect(driver.output(priced).read()).toBeUndefined();
    expect(driver.state(sum, "open").get("anna@0")).toEqual({ sum: 6, count: 1 });
    await driver.close();
  });

  test("timers fire when event time is advanced, no earlier", async () => {
    const driver = await open();
    await driver.input(sales).send(sale("anna", "tea", 3, 1_000));
    await driver.advanceTo(HOUR - 1);
    expect(driver.output(hourly).readAll()).toEqual([]);
    await driver.advanceBy(1);
    expect(driver.output(hourly).readAll()).toMatchObject([
      { key: "anna", value: { sum: 6, count: 1 }, time: HOUR, partition: 0, offset: 0 },
    ]);
    expect(driver.state(sum, "open").get("anna@0")).toBeUndefined();
    await driver.close();
  });

  test("what a handler throws is a dead letter with the record's place, and the others of its batch go on", async () => {
    const driver = await open();
    await driver.input(sales).send(sale("a", "tea", 1, 1), sale("b", "gold", 1, 2), sale("c", "jam", 1, 3));
    expect(driver.deadLetters()).toMatchObject([
      { topic: "sales", partition: 0, offset: 1, operator: "price", message: "no price for gold" },
    ]);
    expect(driver.state(sum, "open").get("a@0")?.sum).toBe(2);
    expect(driver.state(sum, "open").get("b@0")).toBeUndefined();
    expect(driver.state(sum, "open").get("c@0")?.sum).toBe(5);
    await driver.close();
  });

  test("bytes that are no record are dead letters, on a topic of events and on a global's", async () => {
    const driver = await open();
    await driver.input(sales).sendBytes({ key: "x", value: Buffer.from("hello") });
    await driver.input(prices).sendBytes({ key: "x", value: Buffer.from("hello") });
    expect(driver.deadLetters().map(({ topic, code }) => `${topic} ${code}`)).toEqual([
      "sales UNDECODABLE",
      "prices UNDECODABLE",
    ]);
    await driver.close();
  });

  test("a value that does not fit its topic's schema is refused where the test sends it", async () => {
    const driver = await open();
    const wrong = { item: "tea", amount: "three" } as unknown as { item: string; amount: number };
    await expect(driver.input(sales).send({ key: "a", value: wrong })).rejects.toThrow('amount is "three"');
    await driver.close();
  });

  test("a topic that the topology does not have is refused with those it has", async () => {
    const driver = await open();
    const other = defineTopic<{ price: number }>({ name: "other", schema: prices.schema });
    await expect(driver.input(other).send({ key: "a", value: { price: 1 } })).rejects.toThrow("other");
    expect(() => driver.output(other).readAll()).toThrow("its topics are sales");
    await driver.close();
  });

  test("a global follows its topic, tombstones too", async () => {
    const driver = await open();
    expect([...driver.global(priceTable).values()]).toEqual([{ price: 2 }, { price: 5 }]);
    await driver.input(prices).send({ key: "tea", value: { price: 3 } }, { key: "jam", value: null });
    expect([...driver.global(priceTable).values()]).toEqual([{ price: 3 }]);
    await driver.close();
  });

  test("state, timers and globals are there again after a restart", async () => {
    const driver = await open(false);
    await driver.input(sales).send(sale("anna", "tea", 3, 1_000));
    await driver.restart();
    expect(driver.state(sum, "open").get("anna@0")).toEqual({ sum: 6, count: 1 });
    await driver.input(sales).send(sale("anna", "jam", 1, 2_000));
    await driver.advanceTo(HOUR);
    expect(
      driver
        .output(hourly)
        .readAll()
        .map(({ value }) => value),
    ).toEqual([{ sum: 11, count: 2 }]);
    expect(driver.output(priced).readAll()).toHaveLength(2);
    await driver.close();
  });

  test("queued records of several topics are handled in event-time order", async () => {
    const late = defineOperator({
      name: "late",
      in: { sales, priced },
      out: { hourly },
      state: {},
      globals: {},
      handlers: {
        sales: (records, context) => {
          for (const { key, time } of records) context.emit("hourly", { key, value: { sum: 0, count: 0 }, time });
        },
        priced: (records, context) => {
          for (const { key, time } of records) context.emit("hourly", { key, value: { sum: 1, count: 1 }, time });
        },
      },
    });
    const driver = await createTestDriver(defineTopology({ name: "t", operators: [late] }), { deadLetters });
    await driver.input(sales).queue(sale("s", "tea", 1, 10), sale("s", "tea", 1, 30));
    await driver
      .input(priced)
      .queue(
        { key: "p", value: { item: "tea", total: 1 }, time: 5 },
        { key: "p", value: { item: "tea", total: 1 }, time: 20 },
      );
    await driver.run();
    expect(
      driver
        .output(hourly)
        .readAll()
        .map(({ key, time }) => `${key}${time}`),
    ).toEqual(["p5", "s10", "p20", "s30"]);
    await expect(driver.advanceTo(100)).rejects.toThrow("topology t has no clock");
    await driver.close();
  });

  test.each([1, 3])("a memory edge and a real topic give the same results on %i partitions", async (partitions) => {
    const results = await Promise.all(
      [true, false].map(async (inMemory) => {
        const driver = await open(inMemory, partitions);
        const keys = ["anna", "ben", "cleo", "dora", "emil"];
        for (let i = 0; i < 60; i++) {
          await driver
            .input(sales)
            .send(sale(keys[i % 5]!, i % 7 === 0 ? "gold" : i % 2 ? "tea" : "jam", i, i * 300_000));
        }
        await driver.advanceTo(6 * HOUR);
        const rows = driver.output(hourly).readAll();
        const letters = driver.deadLetters().length;
        await driver.close();
        return { letters, rows: rows.map(({ key, value, time }) => JSON.stringify({ key, value, time })).sort() };
      }),
    );
    expect(results[0]!.rows).toHaveLength(25);
    expect(results[0]!.letters).toBe(9);
    expect(results[1]).toEqual(results[0]);
  });

  test("a timer that throws, or whose record the next operator can't take, is a dead letter and undone; the others go on", async () => {
    const ticks = defineOperator({
      name: "ticks",
      in: { sales },
      out: { priced },
      state: { fired: jsonStore<boolean>() },
      globals: {},
      handlers: {
        sales: (records, context) => {
          for (const { key, time } of records) context.schedule(time + 10, key);
        },
      },
      onTimer({ time, key }, context) {
        context.state.fired.put(key, true);
        if (key === "throws") throw new Error("the timer's own");
        context.emit("priced", { key, value: { item: key, total: 1 }, time });
      },
    });
    const reader = defineOperator({
      name: "reader",
      in: { priced },
      out: { hourly },
      state: {},
      globals: {},
      handlers: {
        priced: (records, context) => {
          for (const { key, time } of records) {
            if (key === "refused") throw new Error("the reader's");
            context.emit("hourly", { key, value: { sum: 1, count: 1 }, time });
          }
        },
      },
    });
    const driver = await createTestDriver(
      defineTopology({ name: "t", operators: [ticks, reader], memoryEdges: [priced], clock }),
      { deadLetters },
    );
    await driver.input(sales).send(...["a", "throws", "b", "refused", "c"].map((key, i) => sale(key, "tea", 1, i)));
    await driver.advanceTo(100);
    expect(
      driver
        .output(hourly)
        .readAll()
        .map(({ key, time }) => `${key}${time}`),
    ).toEqual(["a10", "b12", "c14"]);
    expect(driver.deadLetters().map(({ topic, operator, message }) => [topic, operator, message])).toEqual([
      ["timer throws", "ticks", "the timer's own"],
      ["timer refused", "reader", "the reader's"],
    ]);
    expect(["a", "throws", "refused"].map((key) => driver.state(ticks, "fired").get(key))).toEqual([
      true,
      undefined,
      undefined,
    ]);
    await driver.advanceTo(200);
    expect(driver.deadLetters()).toHaveLength(2);
    await driver.close();
  });
});
