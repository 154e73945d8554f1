import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeEach, expect, test } from "vitest";
import { rewardedTables } from "../../../../cli/files/index.ts";
import { fileTable } from "../../../../cli/files/file-tables.ts";
import { IdHashes } from "../../../../loop/history/left-out/id-hashes.ts";
import { decisionRequests, observations } from "../../../../schemas/index.ts";
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

/** Decisions whose lines hold their observations' amounts. */
function withAmounts(lines: readonly string[]): { file: string; tables: ReturnType<typeof rewardedTables> } {
  const file = join(folder.path, `${(made += 1)}.csv`);
  writeFileSync(file, `decision_id,decision_ts,price,store,amount\n${lines.map((line) => `${line}\n`).join("")}`);
  const times = { id: "decision_id", time: "decision_ts", reward: "amount", times: {} };
  return { file, tables: rewardedTables(fileTable(file), times) };
}

test.each([
  ["at the same time", 0],
  ["later", 7],
  ["in a later hour", 200],
])(
  "a second line of an id with other values, %s, is a bad line with its observation, and names the first",
  async (_when, minutes) => {
    const { file, tables } = withAmounts([
      `a,${at(0)},1,S1,1`,
      `b,${at(0)},1,S1,5`,
      `a,${at(minutes)},2,S2,9`,
      `c,${at(minutes)},1,S1,6`,
      `a,${at(minutes)},2,S2,9`,
    ]);
    const more = {
      tables,
      columns: { decisionId: "decision_id", decisionTime: "decision_ts", observationTime: "decision_ts" },
    };
    const said: string[] = [];
    for (const dryRun of [true, false]) {
      said.length = 0;
      const { counts, badLines } = await importInto(
        open.loop,
        {},
        { ...more, dryRun, say: (line) => void said.push(line) },
      );
      expect(counts).toMatchObject({ decisions: 3, observations: 3, badLines: 2, waiting: 2, known: 0 });
      const problem = `has the decision id "a" of ${file}:2 and other values: an id is of one decision`;
      expect(badLines.map((bad) => [bad.file, bad.line, bad.problem])).toEqual(
        [4, 6].map((line) => [file, line, problem]),
      );
      expect(said).toContain(`${file}:4 ${problem}`);
    }
    expect((await valuesOn(decisionRequests)).map(({ decisionId, context }) => [decisionId, context["price"]])).toEqual(
      [
        ["a", 1],
        ["b", 1],
        ["c", 1],
      ],
    );
    const seen = (await valuesOn(observations)).map(({ decisionId, values }) => [decisionId, values["amount"]]);
    expect(new Map(seen as [string, unknown][])).toEqual(
      new Map([
        ["a", 1],
        ["b", 5],
        ["c", 6],
      ]),
    );
    expect(seen).toHaveLength(3);
    expect((await importInto(open.loop, {}, more)).counts).toMatchObject({
      decisions: 0,
      observations: 0,
      badLines: 2,
      known: 6,
    });
  },
);

test("a line that another one repeats in all its cells is left out, with its observation", async () => {
  const { tables } = withAmounts([`a,${at(0)},1,S1,5`, `a,${at(0)},1,S1,5`, `b,${at(1)},1,S1,5`, `b,${at(1)},1,S1,`]);
  const more = {
    tables,
    columns: { decisionId: "decision_id", decisionTime: "decision_ts", observationTime: "decision_ts" },
  };
  const { counts, badLines } = await importInto(open.loop, {}, more);
  expect(counts).toMatchObject({ decisions: 2, observations: 2, badLines: 1, known: 2, waiting: 0 });
  expect(badLines.map(({ line }) => line)).toEqual([5]);
});

test("cells with a NUL are not taken for two cells: lines that differ in it differ", async () => {
  const { tables } = withAmounts([`a,${at(0)},1\0store\0S1,,5`, `a,${at(0)},1,S1,5`, `b,${at(1)},1,S1\0,5`]);
  const more = {
    tables,
    columns: { decisionId: "decision_id", decisionTime: "decision_ts", observationTime: "decision_ts" },
  };
  const { badLines } = await importInto(open.loop, {}, more);
  expect(badLines.map(({ line, problem }) => [line, problem])).toEqual([
    [2, 'price "1\\u0000store\\u0000S1" is not a number: write digits with a point, like 1234.5'],
    [3, expect.stringContaining("and other values: an id is of one decision")],
  ]);
  expect((await valuesOn(decisionRequests)).map(({ context }) => context["store"])).toEqual(["S1\0"]);
});

test("observations of an id that two lines have wait, since nobody knows whose they are, and are published once it is mended", async () => {
  const files = (second: string) =>
    shopFiles(folder.path, `two-${(made += 1)}`, {
      decisions: [`a,${at(0)},1,S1`, `${second},${at(5)},2,S2`, `b,${at(6)},1,S1`],
      observations: [`a,${at(2)},visit,7`, `b,${at(8)},visit,7`, `a,${at(9)},visit,8`],
    });
  const bad = await importInto(open.loop, files("a"));
  expect(bad.counts).toMatchObject({ decisions: 2, observations: 1, badLines: 1, waiting: 2 });
  const mended = await importInto(open.loop, files("c"));
  expect(mended.counts).toMatchObject({ decisions: 1, observations: 2, badLines: 0, known: 3 });
  const rows = (await stateOf(open.loop)).rows.map((row) => JSON.parse(row) as { decisionId: string; label: number });
  expect(rows.map(({ decisionId, label }) => [decisionId, label])).toEqual([
    ["a", 1],
    ["b", 1],
    ["c", 0],
  ]);
});

test("an id whose first line is bad is of no other line", async () => {
  const { tables } = withAmounts([`a,${at(0)},many,S1,5`, `a,${at(1)},1,S1,9`, `b,${at(2)},1,S1,5`]);
  const more = {
    tables,
    columns: { decisionId: "decision_id", decisionTime: "decision_ts", observationTime: "decision_ts" },
  };
  const { counts } = await importInto(open.loop, {}, more);
  expect(counts).toMatchObject({ decisions: 1, observations: 1, badLines: 2, waiting: 2 });
});

test("ids are numbered as they come, however many there are", () => {
  const ids = new IdHashes();
  for (let at = 0; at < 20_000; at++) expect(ids.add(`id ${at}`)).toBe(at);
  for (let at = 0; at < 20_000; at += 7) expect(ids.add(`id ${at}`)).toBe(at);
  expect(ids.size).toBe(20_000);
  expect([ids.has("id 19999"), ids.has("id 20000")]).toEqual([true, false]);
});
