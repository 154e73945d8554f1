import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeEach, expect, test } from "vitest";
import { importText } from "../../../../cli/text/import-text.ts";
import { decisionRequests, events, observations, recordLimits } from "../../../../schemas/index.ts";
import { readTopic, type Topic } from "../../../../streams/index.ts";
import { newDir } from "../../../streams/backbones/local/new-dir.ts";
import { at, shopFiles } from "../shop.ts";
import { embeddedLoop, importInto, stateOf } from "../shop-log.ts";

const folder = await newDir();
afterAll(() => folder.remove());
let made = 0;
let open: Awaited<ReturnType<typeof embeddedLoop>>;
beforeEach(async () => {
  open = await embeddedLoop(join(folder.path, `log-${(made += 1)}`));
  return () => open.close();
});

async function valuesOn<V>(topic: Topic<V>): Promise<readonly V[]> {
  const found: V[] = [];
  for await (const { value } of readTopic(open.loop.backbone, open.loop.serdes, topic)) found.push(value);
  return found;
}

const jsonl = (lines: readonly object[]): string => {
  const file = join(folder.path, `${(made += 1)}.jsonl`);
  writeFileSync(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
  return file;
};
const decided = (id: string, minutes: number, more: object = {}): object => ({
  ...{ decision_id: id, decision_ts: at(minutes), price: 1, store: "S1" },
  ...more,
});

const wide = (columns: number, cell: unknown): object =>
  Object.fromEntries(Array.from({ length: columns }, (_, index) => [`c${String(index).padStart(5, "0")}`, cell]));

test.each([
  ["a text too long", { page: "x".repeat(recordLimits.textBytes + 1) }, ["page holds more than 262144 bytes"]],
  ["a name too long", { ["n".repeat(1_025)]: 1 }, [`${"n".repeat(64)}… has a name of more than 1024 bytes`]],
  [
    "more bytes than a record",
    { small: "s", ...wide(3, "x".repeat(200_000)) },
    ["c00002 would make the record larger than 524288 bytes"],
  ],
  ["more entries than a record", wide(4_095, 1), ["c04094 would be one of more than 4096 entries"]],
])("undeclared columns that make %s are left out by name, and the line counts", async (_what, more, told) => {
  const file = jsonl([decided("a", 0, more), decided("b", 1)]);
  const seen = jsonl([{ decision_id: "a", event_ts: at(9), kind: "visit", amount: 7, ...more }]);
  const said: string[] = [];
  const files = { decisions: file, observations: seen };
  const { counts } = await importInto(open.loop, files, { say: (line) => void said.push(line) });
  expect(counts).toMatchObject({ decisions: 2, observations: 1, events: 1, badLines: 0 });
  for (const one of told) expect(said).toContain(`${file}: ${one} in 1 line: it is left out there`);
  expect(said.filter((line) => line.startsWith(`${file}: `) && line.includes("left out there")).length).toBeLessThan(4);
  expect(said.some((line) => line.startsWith(seen) && line.includes("left out there"))).toBe(true);
  const [request] = await valuesOn(decisionRequests);
  // Of price, store and the others one is left out.
  expect(Object.keys(request!.context).length).toBe(Object.keys(more).length + 1);
  expect(JSON.parse((await stateOf(open.loop)).rows[0]!)).toMatchObject({ decisionId: "a", label: 1 });
  expect((await importInto(open.loop, files)).counts).toMatchObject({ decisions: 0, observations: 0, known: 3 });
});

test("a line whose declared columns are over a limit stays a bad one, with the limit", async () => {
  const store = "s".repeat(recordLimits.textBytes + 1);
  const { badLines } = await importInto(open.loop, { decisions: jsonl([decided("a", 0, { store, note: "n" })]) });
  expect(badLines.map(({ problem }) => problem)).toEqual(["context.store has 262145 bytes; at most 262144 are taken"]);
});

test("observations of a decision whose line is bad wait for it: mended, it has its label, and their events its keys", async () => {
  const seen = [`a,${at(9)},visit,1`, `b,${at(20)},visit,7`, `c,${at(50)},visit,7`];
  const files = (price: string, time: string) =>
    shopFiles(folder.path, `mended-${(made += 1)}`, {
      decisions: [`c,${time},1,S3`, `a,${at(0)},1,S1`, `b,${at(15)},${price},S2`],
      observations: seen,
    });
  const bad = await importInto(open.loop, files("many", "at three"));
  expect(bad.counts).toMatchObject({ decisions: 1, observations: 1, events: 1, badLines: 2, waiting: 2 });
  expect(importText(bad, false)).toContain("2 observations wait, since the lines of their decisions are bad: mend");
  const mended = files("1", at(-1));
  const after = await importInto(open.loop, mended);
  expect(after.counts).toMatchObject({
    decisions: 2,
    observations: 2,
    events: 2,
    eventsWithoutDecision: 0,
    waiting: 0,
  });
  expect((await valuesOn(events)).map(({ attributes }) => attributes["store"])).toEqual(["S1", "S2", "S3"]);
  expect((await valuesOn(observations)).length).toBe(3);
  const rows = (await stateOf(open.loop)).rows.map((row) => JSON.parse(row) as { decisionId: string; label: number });
  expect(rows.map(({ decisionId, label }) => [decisionId, label])).toEqual([
    ["a", 0],
    ["b", 1],
    ["c", 1],
  ]);
});
