import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { importText } from "../../../../cli/text/import-text.ts";
import type { ImportOptions } from "../../../../loop/history/import-options.ts";
import { newDir } from "../../../streams/backbones/local/new-dir.ts";
import { parseBlueprint } from "../../../../blueprints/index.ts";
import { at, DECISIONS, OBSERVATIONS, SHOP, shopFiles, shopLines } from "../shop.ts";
import { embeddedLoop, importInto } from "../shop-log.ts";
import type { HistoryFiles } from "../../../../loop/history/history-table.ts";

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

const published = async (): Promise<number> => {
  const ends = await log.loop.backbone.offsets(["decision-requests", "observations", "events"]);
  return ends.reduce((sum, { start, end }) => sum + end - start, 0);
};

let count = 0;
function file(suffix: string, ...lines: readonly string[]): string {
  const path = join(folder.path, `${(count += 1)}${suffix}`);
  writeFileSync(path, [...lines, ""].join("\n"));
  return path;
}
const decided = `d,${at(0)},1,S1`;
const seen = `d,${at(9)},visit,1`;

async function said(files: HistoryFiles, more: Partial<ImportOptions> = {}): Promise<readonly string[]> {
  const lines: string[] = [];
  await importInto(log.loop, files, { dryRun: true, say: (line) => lines.push(line), ...more });
  return lines;
}

const observations = () => file(".csv", OBSERVATIONS, seen);
const refused: readonly (readonly [string, () => HistoryFiles, RegExp])[] = [
  [
    "a decision id under another name",
    () => ({ decisions: file(".csv", "decison_id,decision_ts,price,store", decided), observations: observations() }),
    /there is no column decision_id; is it decison_id\?/,
  ],
  [
    "a time under another name",
    () => ({
      decisions: file(".csv", DECISIONS, decided),
      observations: file(".csv", "decision_id,evnt_ts,kind,amount", seen),
    }),
    /there is no column event_ts; is it evnt_ts\?/,
  ],
  [
    "JSON lines without an id",
    () => ({ observations: file(".jsonl", `{"event_ts":"${at(0)}"}`) }),
    /no column decision_id/,
  ],
  ["both flags the same file", () => ({ decisions: "/dev/null", observations: "/dev/../dev/null" }), /is named twice/],
  ["no file at all", () => ({}), /name a file/],
];

test.each(refused)("%s is an error before anything is published", async (_what, files, reason) => {
  await expect(importInto(log.loop, files())).rejects.toThrow(reason);
  expect(await published()).toBe(0);
});

test("a unit column that is not there is an error before anything is published", async () => {
  const decisions = file(".csv", DECISIONS, decided);
  const unit = { columns: { unit: "stor" } };
  await expect(importInto(log.loop, { decisions }, unit)).rejects.toThrow(/there is no column stor/);
  expect(await published()).toBe(0);
});

test("a declared column that is missing and one that is unknown are told with the nearest names, and refused where it is asked for", async () => {
  const decisions = file(".csv", "decision_id,decision_ts,prise,store,color", `d,${at(0)},1,S1,red`);
  const lines = await said({ decisions });
  expect(lines).toEqual([
    `${decisions}: there is no column price; is it prise? It is missing in every line`,
    `${decisions}: the blueprint knows no column prise; is it price?`,
    `${decisions}: the blueprint knows no column color`,
  ]);
  await expect(said({ decisions }, { strict: true })).rejects.toThrow(/is it prise\?/);
  expect(await published()).toBe(0);
});

test("the time of observations is event_ts, or the decisions' column where the file has that one alone", async () => {
  const decisions = file(".csv", DECISIONS.replace("decision_ts", "ts"), decided);
  const other = file(".csv", OBSERVATIONS.replace("event_ts", "ts"), seen);
  const { counts } = await importInto(
    log.loop,
    { decisions, observations: other },
    { dryRun: true, columns: { time: "ts" } },
  );
  expect(counts).toMatchObject({ decisions: 1, observations: 1, events: 1 });
});

test("names that only later JSON lines have are told and counted", async () => {
  const line = (index: number, more: object): string =>
    JSON.stringify({ decision_id: `d${index}`, decision_ts: at(index), price: 1, store: "S1", ...more });
  const decisions = file(
    ".jsonl",
    ...Array.from({ length: 1_001 }, (_, index) => line(index, index === 1_000 ? { stoer: 1 } : {})),
  );
  const lines: string[] = [];
  const result = await importInto(log.loop, { decisions }, { dryRun: true, say: (text) => lines.push(text) });
  expect(lines).toEqual([`${decisions}: the blueprint knows no column stoer; is it store?`]);
  const found = result.columns.get(decisions)!.all.find(({ column }) => column === "stoer");
  expect(found).toMatchObject({ present: 1, missing: 1_000 });
});

test("a table by column says what is present, missing, of another type and out of range, in lines that can't be used too", async () => {
  const lines = [`a,${at(0)},1,S1`, `b,${at(1)},,S1`, `c,${at(2)},"1,5",S1`, `d,${at(3)},2,`, `e,${at(4)},1e999,S1`];
  const times = ["f,yesterday,1,S1", "g,1969-01-01T00:00:00Z,1,S1", "h,9998-01-01T00:00:00Z,1,S1", `,${at(5)},1,S1`];
  const decisions = file(".csv", DECISIONS, ...lines, ...times);
  const { counts, columns } = await importInto(log.loop, { decisions }, { dryRun: true });
  const all = Object.fromEntries(columns.get(decisions)!.all.map(({ column, ...rest }) => [column, rest]));
  expect(all["price"]).toEqual({ present: 6, missing: 1, unusable: 1, outOfRange: 1 });
  expect(all["store"]).toEqual({ present: 8, missing: 1, unusable: 0, outOfRange: 0 });
  expect(all["decision_ts"]).toEqual({ present: 6, missing: 0, unusable: 1, outOfRange: 2 });
  expect(all["decision_id"]).toEqual({ present: 8, missing: 1, unusable: 0, outOfRange: 0 });
  expect(counts).toMatchObject({ decisions: 3, badLines: 6 });
});

const unordered = () => {
  const { decisions, observations: lines } = shopLines(30);
  return shopFiles(folder.path, `cat-${(count += 1)}`, {
    decisions: [...decisions.slice(20), ...decisions.slice(0, 20)],
    observations: [...lines.slice(9), ...lines.slice(0, 9)],
  });
};

test("lines out of order are refused with both lines before anything is published; sorted here they are taken", async () => {
  const files = unordered();
  await expect(importInto(log.loop, files)).rejects.toThrow(
    /cat-\d+-d\.csv:12 is out of order: 2026-01-01T00:00:00.000Z comes after 2026-01-01T07:15:00.000Z of line 11\. Nothing was published.*--sort/,
  );
  expect(await published()).toBe(0);
  const { counts } = await importInto(log.loop, files, { dryRun: true, sort: true });
  expect(counts).toMatchObject({ decisions: 30, observations: 36 });
  expect(await published()).toBe(0);
});

test("a dry run says of each file its lines, span and order, and publishes nothing", async () => {
  const files = shopFiles(folder.path, "dry", shopLines(10));
  const result = await importInto(log.loop, files, { dryRun: true });
  expect(result.counts).toMatchObject({ decisions: 10, observations: 12, events: 12, known: 0 });
  expect(result.files).toMatchObject([
    {
      file: files.decisions,
      lines: 10,
      badLines: 0,
      from: Date.parse(at(0)),
      to: Date.parse(at(135)),
      disorder: undefined,
    },
    { file: files.observations, lines: 12 },
  ]);
  expect(await published()).toBe(0);
});

const nested = join(import.meta.dirname, "../../../fixtures/parquet/nested.parquet");

test("a Parquet column of lists that nobody declares is left out, and told once", async () => {
  const wide = { decisionId: "id", time: "id", times: { unit: "s" } } as const;
  const lines = await said({ decisions: nested }, { columns: wide });
  const told = `${nested}: the column list holds a list, and no plain values: it is left out`;
  expect(lines.filter((line) => line === told).length).toBe(1);
  expect(lines.some((line) => line.includes("only plain values"))).toBe(false);
});

test("one that is declared, or that each line must have, is an error with column and type", async () => {
  const blueprint = parseBlueprint(
    SHOP.replace("store: key", "store: key, list: number").replace("  - price\n", "  - price\n  - list\n"),
  );
  const needed = { decisionId: "id", time: "id", times: { unit: "s" } } as const;
  const text = /the column list holds a list, and no plain values\nNothing was published/;
  await expect(said({ decisions: nested }, { columns: needed, blueprint })).rejects.toThrow(text);
  await expect(said({ decisions: nested }, { columns: { ...needed, unit: "list" } })).rejects.toThrow(text);
});

const nestedLines = (...tags: readonly string[]): string =>
  file(
    ".jsonl",
    ...tags.map((held, at_) => `{"decision_id":"n${at_}","decision_ts":"${at(at_)}","price":1,"store":"S1",${held}}`),
  );

test("a list, an object or half a character under a name that nobody declares is left out, and told with its lines", async () => {
  const lists = nestedLines(
    '"tags":["x"]',
    '"tags":"x"',
    '"tags":{"a":[1]},"of":{"price":"far"}',
    '"half":"\\ud83d","\\ud83d":1',
  );
  const lines: string[] = [];
  const result = await importInto(
    log.loop,
    { decisions: lists },
    { dryRun: true, say: (line) => void lines.push(line) },
  );
  expect(result.counts).toMatchObject({ decisions: 4, badLines: 0 });
  const half = ["half holds half a character", "\ud83d holds half a character in its name"];
  for (const told of ["tags holds a list", "tags holds an object", "of holds an object", ...half])
    expect(lines).toContain(`${lists}: ${told} in 1 line: it is left out there`);
  const alone = nestedLines('"tags":["x"]');
  await expect(said({ decisions: alone }, { strict: true })).rejects.toThrow(/tags holds a list in 1 line/);
});

test("under a declared name it makes a bad line with column and text; one that never holds a plain value is an error", async () => {
  const some = nestedLines('"tags":1,"tag":1', '"tags":[1],"tag":{}', '"tags":2');
  const blueprint = parseBlueprint(SHOP.replace("store: key", "store: key, tags: number"));
  const result = await importInto(log.loop, { decisions: some }, { dryRun: true, blueprint });
  expect(result.counts).toMatchObject({ decisions: 2, badLines: 1 });
  expect(result.badLines).toMatchObject([
    {
      line: 2,
      problem: "tags holds a list, and no plain value",
      text: expect.stringMatching(/"tags":\[1\],"tag":\{\}/),
    },
  ]);
  const never = nestedLines('"tags":[1]', '"tags":{}');
  await expect(said({ decisions: never }, { blueprint })).rejects.toThrow(
    /the column tags holds an object, and no plain values\nNothing was published/,
  );
  await expect(said({ decisions: never }, { columns: { unit: "tags" } })).rejects.toThrow(/holds an object/);
});

const KINDS = SHOP.replace("events: {", "events: { returned: { fields: [kilos] },")
  .replace("label:", "  - back_1d: { sum: kilos, of: returned, by: depot, in: 1d }\nlabel:")
  .replace("store: key", "store: key, depot: key");

test("fields and keys are looked for by the kinds that a file has, and --strict takes it", async () => {
  const blueprint = parseBlueprint(KINDS);
  const strict = { strict: true, blueprint };
  const events = () => file(".csv", "event_ts,kind,store,amount", `${at(1)},visit,S1,3`);
  expect((await said({ events: events() }, strict)).filter((line) => line.includes("column"))).toEqual([]);
  await said({ observations: observations() }, strict);
  await said(
    { observations: file(".jsonl", `{"decision_id":"d","event_ts":"${at(1)}","kind":"visit","amount":1}`) },
    strict,
  );
  await said(
    { events: file(".csv", "event_ts,depot,kilos", `${at(1)},D,1`) },
    { ...strict, columns: { kind: "returned" } },
  );
});

test("a field that a kind of the file has, and no column, is told with that kind; with --strict it is an error", async () => {
  const blueprint = parseBlueprint(KINDS);
  const events = () => file(".csv", "event_ts,kind,store,amuont", `${at(1)},visit,S1,3`, `${at(2)},returned,S1,`);
  const lines = await said({ events: events() }, { blueprint });
  expect(
    lines.filter((line) => line.includes("lines of kind")).map((line) => line.replace(/^.*: there/, "there")),
  ).toEqual([
    "there is no column amount, which lines of kind visit are looked at for; is it amuont? It is missing in every line",
    "there is no column depot, which lines of kind returned are looked at for. It is missing in every line",
    "there is no column kilos, which lines of kind returned are looked at for. It is missing in every line",
  ]);
  await expect(said({ events: events() }, { blueprint, strict: true })).rejects.toThrow(/Nothing was published/);
});

test("what no line has is said again at the end", async () => {
  const result = await importInto(
    log.loop,
    { decisions: file(".csv", "decision_id,decision_ts,store", `d,${at(0)},S1`) },
    { dryRun: true },
  );
  expect(result.absent).toEqual([{ file: expect.any(String), column: "price" }]);
  expect(importText(result, true)).toMatch(/\n1 column that the blueprint looks for is in no line: price \(.*csv\)$/);
});

test("the list of bad lines says how many more there are", async () => {
  const bad = Array.from({ length: 30 }, (_, index) => `d${index},yesterday,1,S1`);
  const lines = await said({ decisions: file(".csv", DECISIONS, decided, ...bad) });
  expect(lines.filter((line) => line.includes("yesterday")).length).toBe(5);
  expect(lines.at(-1)).toBe("and 25 more lines that can't be used");
});
