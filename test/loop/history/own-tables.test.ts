import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { HistoryError, importHistory, type HistoryRow, type HistoryTable } from "../../../loop/index.ts";
import { newDir } from "../../streams/backbones/local/new-dir.ts";
import { at } from "./shop.ts";
import { compiled, embeddedLoop, stateOf } from "./shop-log.ts";

let folder: Awaited<ReturnType<typeof newDir>>;
let log: Awaited<ReturnType<typeof embeddedLoop>>;
beforeAll(async () => {
  folder = await newDir();
  log = await embeddedLoop(join(folder.path, "log"));
});
afterAll(async () => {
  await log.close();
  await folder.remove();
});

type Values = Readonly<Record<string, string | number | boolean | null>>;

/** A product's own lines, as a query may give them. */
function table(name: string, columns: readonly string[], rows: readonly Values[]): HistoryTable {
  return {
    name,
    head: () => Promise.resolve({ columns, open: false }),
    async *lines(): AsyncGenerator<HistoryRow> {
      for (const [index, values] of rows.entries()) yield { line: index + 1, values };
    },
  };
}

const decisions = table(
  "bookings",
  ["id", "decided", "price", "store"],
  Array.from({ length: 20 }, (_, index) => ({
    ...{ id: `b${index}`, decided: at(index * 15), store: "S1" },
    price: index === 7 ? "much" : index,
  })),
);
const observations = table(
  "visits",
  ["id", "event_ts", "kind", "amount"],
  Array.from({ length: 20 }, (_, index) => ({
    ...{ id: `b${index}`, event_ts: at(index * 15 + 10), kind: "visit", amount: index },
  })),
);
const { blueprint } = compiled;

test("a product imports its own tables: rows are made of them, and a line that can't be used is named by table and line", async () => {
  const { loop } = log;
  const columns = { decisionId: "id", time: "decided" };
  const common = { id: "shop", tools: loop, loop, blueprint, tables: { decisions, observations }, columns };
  const said: string[] = [];
  const { counts, badLines } = await importHistory({ ...common, say: (line) => void said.push(line) });
  expect(counts).toMatchObject({ decisions: 19, observations: 19, badLines: 1, known: 0 });
  expect(badLines).toMatchObject([{ file: "bookings", line: 8, problem: expect.stringContaining("price") }]);
  expect(said).toEqual([expect.stringMatching(/^bookings:8 price .*much/)]);
  const { rows } = await stateOf(loop);
  expect(rows).toHaveLength(19);
  const again = await importHistory(common);
  expect(again.counts).toMatchObject({ decisions: 0, observations: 0, known: 38, badLines: 1 });
  expect((await stateOf(loop)).rows).toEqual(rows);
});

test("two tables of one name are refused, and no table at all", async () => {
  const { loop } = log;
  const twice = { decisions, observations: { ...observations, name: "bookings" } };
  const common = { id: "shop", tools: loop, blueprint };
  await expect(importHistory({ ...common, tables: twice })).rejects.toThrow(
    new HistoryError("bookings: is named twice. Each file holds one thing."),
  );
  await expect(importHistory({ ...common, tables: {} })).rejects.toThrow(HistoryError);
});
