import { afterEach, beforeEach, expect, test } from "vitest";
import { parseBlueprint } from "../../blueprints/index.ts";
import { blueprintTable } from "../../catalogue/index.ts";
import { enrich, eventWindows, tableContent } from "../../operators/index.ts";
import { blueprints, deadLetters, decisionRequests, enriched, events, recordLimits } from "../../schemas/index.ts";
import { createTestDriver, defineTopology, type AgingBytes, type TestDriver } from "../../streams/index.ts";
import { random } from "../blueprints/random.ts";

const DAY = 86_400_000;
const START = Date.UTC(2024, 0, 1);
const text = `useCase: shop
decisionSpace: boolean
context: { price: number, item: key, shop: key }
events: { sale: { fields: [amount] } }
features:
  - price
  - n: { count: true, of: sale, by: item, in: 90d }
  - mean: { mean: amount, of: sale, by: item, in: 90d }
  - sum: { sum: amount, of: sale, by: item, in: 30d }
  - last: { last: amount, of: sale, by: item, in: 90d, open: true }
  - n_shop: { count: true, of: sale, by: shop, in: 90d }
observations: { amount: number }
label: { name: bought, value: amount > 5, wait: 10s, default: 0 }
policy: { decide: bought > 0.5 }
`;
const { useCase, version } = parseBlueprint(text);
const record = {
  useCase,
  version,
  text,
  activations: [{ time: 0, live: true }],
  shadowings: [],
  parameters: [],
  modes: [],
};
const table = (() => ({ get: () => record, values: () => [record], version: 1 })) as never;

/** A fold's bytes, with those that were written. */
function counted() {
  const content = new Map<string, Uint8Array>();
  const written = { bytes: 0 };
  const bytes: AgingBytes = {
    get: (key) => content.get(key),
    put(key, value) {
      written.bytes += value.byteLength;
      content.set(key, value);
    },
    delete: (key) => void content.delete(key),
    keys: () => content.keys(),
    oldest(isOver) {
      return [...content.keys()].filter((key) => {
        const { part, number } = eventWindows.placeOf!(key);
        return isOver(part, number);
      });
    },
  };
  return { content, written, bytes };
}
const sale = (time: number, attributes: Record<string, string | number>) => ({
  ...{ key: "sale", value: { kind: "sale", attributes }, time, headers: {} },
  origin: { topic: "events", partition: 0, offset: 0 },
});

let driver: TestDriver;
beforeEach(async () => {
  const topology = defineTopology({
    name: "t",
    operators: [enrich],
    globals: [blueprintTable, eventWindows, tableContent],
  });
  driver = await createTestDriver(topology, { deadLetters, start: START });
  await driver.input(blueprints).send({ key: `${useCase}/${version}`, value: record, time: 0 });
});
afterEach(() => driver.close());

test("20,000 events of one key in a 90-day window are stored in small parts, whose bytes are those of any other order", () => {
  const made = Array.from({ length: 20_000 }, (_, i) => sale(START + i * 200, { item: "a", amount: (i % 997) / 7 }));
  const forth = counted();
  for (const event of made) eventWindows.fold(event, forth.bytes, table);
  expect(forth.written.bytes / made.length).toBeLessThan(40_000);
  const back = counted();
  for (const event of made.toReversed()) eventWindows.fold(event, back.bytes, table);
  expect(new Map([...back.content].sort())).toEqual(new Map([...forth.content].sort()));
});

test("features over 15,000 events of one key are those of the definition, also after a restart", async () => {
  const next = random(5);
  const sales = Array.from({ length: 15_000 }, () => ({
    time: START + (next() < 0.5 ? Math.floor(next() * 60 * DAY) : 5 * DAY + Math.floor(next() * 1_000)),
    amount: Math.round(next() * 10_000) / 100,
  }));
  await driver.input(events).send(...sales.map(({ time, amount }) => sale(time, { item: "hot", amount })));
  await driver.restart();
  const sorted = sales.toSorted((a, b) => a.time - b.time || a.amount - b.amount);
  for (const time of [START + 5 * DAY + 500, START + 5 * DAY + 1_000, START + 33 * DAY + 7, START + 80 * DAY]) {
    const value = {
      decisionId: `d${time}`,
      useCase,
      unit: "u",
      context: { price: 1, item: "hot" },
      deferred: false,
      logged: null,
      answered: null,
      candidates: [],
    };
    await driver.input(decisionRequests).send({ key: "u", value, time });
    const before = sorted.filter((each) => each.time < time);
    const within = (days: number) =>
      before.filter((each) => each.time >= time - days * DAY).map(({ amount }) => amount);
    const sum = (values: readonly number[]): number => values.reduce((total, amount) => total + amount, 0);
    const all = within(90);
    expect(driver.output(enriched).read()!.value.features).toEqual([
      1,
      all.length,
      sum(all) / all.length,
      sum(within(30)),
      before.at(-1)!.amount,
      null,
    ]);
  }
});

test("of more events than a tile has room for the first count; each further one is refused, and other windows have it", () => {
  const { content, bytes } = counted();
  const most = recordLimits.tileEvents;
  for (let i = 0; i < most; i++) eventWindows.fold(sale(START + 5, { item: "a", amount: 1 }), bytes, table);
  const before = new Map([...content].map(([key, value]) => [key, value.slice()]));
  const late = sale(START + 9, { item: "a", amount: 2, shop: "s" });
  expect(() => eventWindows.fold(late, bytes, table)).toThrow(
    /^more than 262144 events sale of item a from 20\d\d-.+: the last ones don't count in windows/,
  );
  const added = [...content.keys()].filter((key) => !before.has(key));
  expect(added).toEqual([expect.stringMatching(/^sale\/shop\/.+\|s$/)]);
  for (const [key, value] of before) expect(content.get(key)).toEqual(value);
});

test("eviction takes a large tile with all its parts", () => {
  const { content, bytes } = counted();
  for (let i = 0; i < 5_000; i++)
    eventWindows.fold(sale(START + i * 1_000, { item: "a|1.2|b", amount: 1 }), bytes, table);
  expect(content.size).toBeGreaterThan(2);
  eventWindows.evict!(START + 90 * DAY, bytes, table);
  expect(content.size).toBeGreaterThan(2);
  eventWindows.evict!(START + 200 * DAY, bytes, table);
  expect(content.size).toBe(0);
});
