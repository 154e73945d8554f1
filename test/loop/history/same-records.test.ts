import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { fileTables, tableWriter } from "../../../cli/files/index.ts";
import { compileBlueprint } from "../../../blueprints/index.ts";
import { importHistory, openTools, publishBlueprint, type HistoryTable } from "../../../loop/index.ts";
import { clock, deadLetters, decisionRequests, events, imports, observations } from "../../../schemas/index.ts";
import { createEmbeddedBackbone, readRaw } from "../../../streams/index.ts";
import { newDir } from "../../streams/backbones/local/new-dir.ts";
import { loopOptions, quiet } from "./shop-log.ts";

/** All types of entries, and columns that no blueprint knows. */
const MIXED = `useCase: mixed
decisionSpace: { actions: [low, high] }
context: { amount: number, rate: number, store: key, isNew: boolean, colour: category, words: text, at: time, tags: list, v: vector(2) }
observations: { kind: category, worth: number, note: category }
events: { visit: { fields: [worth] } }
features: [amount, rate, isNew, colour, { visits_1d: { count: true, of: visit, by: store, in: 1d } }]
label: { name: sale, value: worth > 5, wait: 1h }
policy: { decide: 'if(sale > 0.5, "high", "low")' }
join: { ttl: 2h }
training: { schedule: none, freshRows: none }
`;
const LINES = 3_000;
const START = Date.UTC(2026, 0, 1);
/** Spellings of numbers that a file may hold. */
const NUMBERS = [
  "0", "-0", "+5", "5.0", "05", ".5", "5.", "-.25", "1e3", "1E-7", "123.456", "999999999999999", "9007199254740993",
  "0.1234567890123456", "123456789.123456789", "1e-320", "4.9e-324", "1.7976931348623157e308", "0.000001", "0.0000001",
  "100000000000000000000", "1000000000000000000000", "1e23", "-17.250", "", "3.1415926535897932384626433", "000.10",
]; // prettier-ignore
const WRONG = ["1,5", "nan", "1e400", " 1", "0x10", "ten", "1_000", "--1", "1e", "."];

const at = (minutes: number, ms = 0): string => new Date(START + minutes * 60_000 + ms).toISOString();
const pick = <T>(from: readonly T[], index: number): T => from[index % from.length]!;
const quoted = (text: string): string => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** A line's cells. Every 97th has a wrong number, every 101st no time, every 103rd is there twice. */
function decisionOf(index: number): Record<string, string | null> {
  const isTwice = index % 103 === 102;
  const of = isTwice ? index - 1 : index;
  return {
    decision_id: `d${of}`,
    decision_ts: index % 101 === 50 ? "" : at(of),
    amount: index % 97 === 33 ? pick(WRONG, index) : pick(NUMBERS, of),
    rate: (of / 7).toFixed(of % 9),
    store: `S${of % 5}`,
    isNew: pick(["true", "false", "1", "0", ""], of),
    colour: pick(["rot", "grün", 'sehr "hell"', "a,b", "", "zwei\nZeilen"], of),
    words: pick(["kurz", "ein längerer Text mit Ünicode ✓", ""], of),
    at: pick([at(of), "2026-01-02T00:00:00Z", ""], of),
    tags: pick(['["a","b"]', "[]", ""], of),
    v: pick(["[1,2]", "[0.5,-3]", ""], of),
    "other column": pick(["7", "", "x"], of),
    4711: "digits",
  };
}

function observationOf(index: number): Record<string, string | null> {
  const of = index - (index % 4);
  return {
    decision_id: `d${index % 59 === 0 ? index + LINES : of}`,
    event_ts: at(of + 10 + (index % 4)),
    kind: pick(["visit", "", "visit"], index),
    worth: index % 89 === 7 ? pick(WRONG, index) : pick(NUMBERS, index),
    note: pick(["", "gut", "nicht gut"], index),
    beside: String(index),
  };
}

const eventOf = (index: number): Record<string, string | null> => ({
  event_ts: at(index * 3, 5),
  kind: "visit",
  store: `S${index % 5}`,
  worth: pick(NUMBERS, index),
});

function csv(path: string, rows: readonly Readonly<Record<string, string | null>>[]): string {
  const names = Object.keys(rows[0]!);
  const lines = rows.map((row) => names.map((name) => quoted(row[name] ?? "")).join(","));
  // A line with too few fields, a blank one and a quote that stands alone.
  lines.splice(7, 0, "a,b", "", 'x,"y');
  writeFileSync(path, [names.join(","), ...lines, ""].join("\n"));
  return path;
}

/** Numbers where the text spells one, without empty cells. */
function jsonl(path: string, rows: readonly Readonly<Record<string, string | null>>[]): string {
  const lines = rows.map((row) =>
    JSON.stringify(
      Object.fromEntries(
        Object.entries(row)
          .filter(([, cell]) => cell !== "")
          .map(([name, cell]) => [name, name === "rate" ? Number(cell) : name === "tags" ? JSON.parse(cell!) : cell]),
      ),
    ),
  );
  lines.splice(9, 0, "{", "[]", '{"decision_id":"half","decision_id":"twice"}');
  writeFileSync(path, `${lines.join("\n")}\n`);
  return path;
}

async function parquet(path: string, rows: readonly Readonly<Record<string, string | null>>[]): Promise<string> {
  const names = Object.keys(rows[0]!);
  const columns = names.map((name) => ({ name, type: name === "rate" ? ("double" as const) : ("string" as const) }));
  const writer = await tableWriter(path, "parquet", columns);
  for (const row of rows)
    await writer.write({ ...row, ...(row["rate"] === undefined ? {} : { rate: Number(row["rate"]) }) });
  await writer.close();
  return path;
}

let folder: Awaited<ReturnType<typeof newDir>>;
beforeAll(async () => (folder = await newDir()));
afterAll(() => folder.remove());

const TOPICS = [decisionRequests, observations, events, imports, deadLetters, clock];

/** Dead letters and names of bad lines have the file's name. */
const named = (table: HistoryTable | undefined, name: string): HistoryTable | undefined => table && { ...table, name };

/** The hash of all records of the topics of an import: keys, values, times and headers. */
async function importOf(
  name: string,
  given: { readonly decisions: string; readonly observations: string; readonly events: string },
): Promise<readonly [counts: string, ...hashes: string[]]> {
  const dir = join(folder.path, name);
  const backbone = await createEmbeddedBackbone({ dir, now: () => START });
  const tools = await openTools(loopOptions(backbone, backbone.registry, join(dir, "state")));
  await publishBlueprint(tools, MIXED);
  const { blueprint } = compileBlueprint(MIXED);
  const { decisions: asked, observations: seen, events: happened } = fileTables(given);
  const tables = {
    decisions: named(asked, "decisions"),
    observations: named(seen, "observations"),
    events: named(happened, "events"),
  };
  const { counts, columns, badLines } = await importHistory({ id: "mixed", tools, blueprint, tables, ...quiet });
  const hashes: string[] = [];
  for (const topic of TOPICS) {
    const hash = createHash("sha256");
    let records = 0;
    for await (const run of readRaw(backbone, topic.name))
      for (const { key, value, timestamp, headers } of run) {
        const texts = Object.entries(headers).map(
          ([header, bytes]) => `${header}=${Buffer.from(bytes).toString("hex")}`,
        );
        hash.update(`${topic === clock ? "" : timestamp} ${texts.join(" ")}\n`);
        for (const bytes of [key, value]) hash.update(bytes === null ? "none" : bytes).update("\n");
        records++;
      }
    hashes.push(`${topic.name} ${records} ${hash.digest("hex").slice(0, 16)}`);
  }
  await tools.close();
  await backbone.close();
  const said = createHash("sha256");
  for (const [file, column] of columns) said.update(JSON.stringify([file, column.all, column.late]));
  said.update(JSON.stringify(badLines.map((line) => ({ ...line, name: String(line.name) }))));
  return [`${JSON.stringify(counts)} ${said.digest("hex").slice(0, 16)}`, ...hashes];
}

const indices = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
const ofAll = [
  indices(LINES).map(decisionOf),
  indices(LINES).map(observationOf),
  indices(LINES / 3).map(eventOf),
] as const;

test("an import of CSV publishes exactly these records", { timeout: 120_000 }, async () => {
  const [decisions, observed, happened] = ofAll;
  const path = (file: string): string => join(folder.path, file);
  const files = {
    decisions: csv(path("d.csv"), decisions),
    observations: csv(path("o.csv"), observed),
    events: csv(path("e.csv"), happened),
  };
  expect(await importOf("csv", files)).toMatchInlineSnapshot(`
    [
      "{"decisions":2911,"observations":2914,"events":2942,"eventsWithoutDecision":53,"badLines":101,"waiting":53,"known":27,"changed":0,"older":0} 72c2c5c6f295c74c",
      "decision-requests 2911 a16b13d45dc21abb",
      "observations 2914 a8734d9a7b7a0e77",
      "events 2942 fa2e8cd62d6c1283",
      "imports 151 01e08817b4b1bcfe",
      "dead-letters 101 ee2f66d98269b0aa",
      "clock 52 14c7c46f0f2a7f49",
    ]
  `);
});

test("an import of JSON lines publishes exactly these records", { timeout: 120_000 }, async () => {
  const [decisions, observed, happened] = ofAll;
  const path = (file: string): string => join(folder.path, file);
  const files = {
    decisions: jsonl(path("d.jsonl"), decisions),
    observations: jsonl(path("o.jsonl"), observed),
    events: jsonl(path("e.jsonl"), happened),
  };
  expect(await importOf("jsonl", files)).toMatchInlineSnapshot(`
    [
      "{"decisions":2911,"observations":2914,"events":2942,"eventsWithoutDecision":53,"badLines":104,"waiting":53,"known":27,"changed":0,"older":0} 9e8e88f1a6bfb1cb",
      "decision-requests 2911 9df2905a1b600d44",
      "observations 2914 a8734d9a7b7a0e77",
      "events 2942 fa2e8cd62d6c1283",
      "imports 151 425b6cc6c0504ba9",
      "dead-letters 104 3418dc94123a5da3",
      "clock 52 14c7c46f0f2a7f49",
    ]
  `);
});

test("an import of Parquet publishes exactly these records", { timeout: 120_000 }, async () => {
  const [decisions, observed, happened] = ofAll;
  const path = (file: string): string => join(folder.path, file);
  const files = {
    decisions: await parquet(path("d.parquet"), decisions),
    observations: await parquet(path("o.parquet"), observed),
    events: await parquet(path("e.parquet"), happened),
  };
  expect(await importOf("parquet", files)).toMatchInlineSnapshot(`
    [
      "{"decisions":2911,"observations":2914,"events":2942,"eventsWithoutDecision":53,"badLines":95,"waiting":53,"known":27,"changed":0,"older":0} 508a82b4e25388d4",
      "decision-requests 2911 a16b13d45dc21abb",
      "observations 2914 a8734d9a7b7a0e77",
      "events 2942 fa2e8cd62d6c1283",
      "imports 151 a8886d37ebc1715d",
      "dead-letters 95 2c7f52fc760d6350",
      "clock 52 14c7c46f0f2a7f49",
    ]
  `);
});
