import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { parseBlueprint, recordedValue } from "../../../../blueprints/index.ts";
import { fileTables } from "../../../../cli/files/index.ts";
import { lookAtColumns, readColumns } from "../../../../loop/history/columns/columns.ts";
import { recordsOf } from "../../../../loop/history/lines/history-step.ts";
import { readHistory } from "../../../../loop/history/lines/read-history.ts";
import { suggestFromTables, type HistoryTables } from "../../../../loop/index.ts";
import { newDir } from "../../../streams/backbones/local/new-dir.ts";

const { path: dir, remove } = await newDir();
afterAll(remove);

const blueprint = parseBlueprint(`
useCase: reader
decisionSpace: boolean
context: { tags: list, taste: vector(3), price: number }
features: [price, taste, likes: { oneHot: tags, values: [sport] }]
observations: { read: boolean }
label: { name: reads, value: read, wait: 1h, default: 0 }
policy: { decide: reads > 0.5 }
`);

let files = 0;
/** A file of decisions with these values, one a line. */
function decisionsOf(values: readonly object[], ending = "jsonl"): string {
  const path = join(dir, `${files++}.${ending}`);
  const rows = values.map((more, at) => ({
    decision_id: `d${at}`,
    decision_ts: new Date(1_700_000_000_000 + at).toISOString(),
    ...more,
  }));
  writeFileSync(path, rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
  return path;
}

async function imported(decisions: string): Promise<{ readonly contexts: unknown[]; readonly bad: string[] }> {
  const tables = fileTables({ decisions });
  const { columns, all } = await readColumns(tables, {}, blueprint);
  expect(all.flatMap((file) => lookAtColumns(file).errors)).toEqual([]);
  const [contexts, bad]: [unknown[], string[]] = [[], []];
  for await (const step of readHistory(tables, columns, blueprint, { stepMs: 1e12 })) {
    contexts.push(...recordsOf(step.requests).map(({ value }) => (value as { context: unknown }).context));
    bad.push(...step.bad.map(({ line, problem }) => `${line} ${problem}`));
  }
  return { contexts, bad };
}

const LISTS = [["sport", "news"], [], ["sport", null, ""], [1, true], [12345678901234567n.toString()]];

test("an array of JSON lines under a list is what the text of the array is, and what a request with the array records", async () => {
  const arrays = await imported(decisionsOf(LISTS.map((tags) => ({ tags }))));
  const texts = await imported(decisionsOf(LISTS.map((tags) => ({ tags: JSON.stringify(tags) }))));
  expect(arrays).toEqual(texts);
  expect(arrays.contexts).toEqual(LISTS.map((tags) => ({ tags: recordedValue("list", tags) })));
  expect(arrays.contexts[2]).toEqual({ tags: '["sport"]' });
});

test("so it is under a vector, in a file that has texts in other lines too", async () => {
  const { contexts, bad } = await imported(
    decisionsOf([{ taste: [0.5, -1, 2] }, { taste: "[0.5,-1,2]" }, { taste: null }]),
  );
  expect(contexts).toEqual([{ taste: "[0.5,-1,2]" }, { taste: "[0.5,-1,2]" }, {}]);
  expect(bad).toEqual([]);
});

test("an array that its type does not take makes a bad line with the column and the reason", async () => {
  const { contexts, bad } = await imported(
    decisionsOf([
      { taste: [1, null, 2] },
      { taste: [1, 2] },
      { taste: [1, "far", 2] },
      { taste: [[1], 2, 3] },
      { tags: [["sport"]] },
      { tags: [{ name: "sport" }] },
      { tags: { sport: true } },
      { price: [3] },
      { tags: Array.from({ length: 300_000 }, (_, at) => `tag${at}`) },
      { tags: ["sport"], price: 3 },
    ]),
  );
  expect(contexts).toEqual([{ tags: '["sport"]', price: 3 }]);
  const nested = "holds a list with an item that is a list, an object or half a character";
  expect(bad).toEqual([
    expect.stringMatching(/^1 taste .* one of its items is not a finite number$/),
    expect.stringMatching(/^2 taste .* is not a vector of 3 numbers: it has 2$/),
    expect.stringMatching(/^3 taste .* one of its items is not a finite number$/),
    `4 taste ${nested}`,
    `5 tags ${nested}`,
    `6 tags ${nested}`,
    "7 tags holds an object, and no plain value",
    "8 price holds a list, and no plain value",
    expect.stringMatching(/^9 .*(bytes|characters|MiB|KiB)/),
  ]);
});

test("a suggested blueprint takes arrays of decisions as lists and vectors, and imports them", async () => {
  const rows = Array.from({ length: 400 }, (_, at) => ({
    tags: at % 2 === 0 ? ["sport"] : ["news", "art"],
    taste: [at / 7, 1, -at],
  }));
  const decisions = decisionsOf(rows);
  const observations = join(dir, "read.jsonl");
  const seen = rows.map((_, at) => ({
    decision_id: `d${at}`,
    event_ts: new Date(1_700_000_060_000 + at).toISOString(),
    read: Number(at % 3 === 0),
  }));
  writeFileSync(observations, seen.map((row) => `${JSON.stringify(row)}\n`).join(""));
  const tables = fileTables({ decisions, observations }) as Required<Pick<HistoryTables, "decisions" | "observations">>;
  const { text } = await suggestFromTables({ useCase: "reader", label: "read", tables });
  const suggested = parseBlueprint(text);
  expect(suggested.context).toMatchObject({ tags: "list", taste: "vector(3)" });
  const { columns } = await readColumns(tables, {}, suggested);
  for await (const { bad } of readHistory(tables, columns, suggested, { stepMs: 1e12 })) expect(bad).toEqual([]);
});
