import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, expect, test } from "vitest";
import { parseBlueprint } from "../../../../blueprints/index.ts";
import type { ImportOptions } from "../../../../loop/history/import-options.ts";
import { decisionRequests, imports, observations } from "../../../../schemas/index.ts";
import { readTopic, type Topic } from "../../../../streams/index.ts";
import { newDir } from "../../../streams/backbones/local/new-dir.ts";
import { at, DECISIONS, OBSERVATIONS, SHOP, shopFiles, shopLines, type ShopLines } from "../shop.ts";
import { embeddedLoop, importInto } from "../shop-log.ts";
import type { HistoryFiles } from "../../../../loop/history/history-table.ts";
import { timeZone } from "../../../../loop/history/times/time-zone.ts";

const folder = await newDir();
afterAll(() => folder.remove());

const lines = shopLines(12);
let made = 0;
const files = (some: ShopLines) => shopFiles(folder.path, `files-${(made += 1)}`, some);

let open: Awaited<ReturnType<typeof embeddedLoop>>;
beforeEach(async () => {
  open = await embeddedLoop(join(folder.path, `log-${(made += 1)}`));
  await importInto(open.loop, files(lines));
});
afterEach(() => open.close());

async function valuesOn<V>(topic: Topic<V>): Promise<readonly V[]> {
  const found: V[] = [];
  for await (const { value } of readTopic(open.loop.backbone, open.loop.serdes, topic)) found.push(value);
  return found;
}
const published = async (): Promise<readonly number[]> => [
  (await valuesOn(decisionRequests)).length,
  (await valuesOn(observations)).length,
];
const before = [12, lines.observations.length] as const;

interface Said {
  readonly error: string;
  readonly said: readonly string[];
  readonly counts: Record<string, number>;
}

async function imported(some: HistoryFiles, more: Partial<ImportOptions> = {}): Promise<Said> {
  const said: string[] = [];
  try {
    const { counts } = await importInto(open.loop, some, { say: (line) => void said.push(line), ...more });
    return { error: "", said, counts: { ...counts } };
  } catch (error) {
    return { error: (error as Error).message, said, counts: {} };
  }
}

const corrected = {
  decisions: lines.decisions
    .map((line) => line.replace(/^(d[35],.*),\d,(S\d)$/, "$1,40,$2"))
    .concat(`d99,${at(400)},1,S1`),
  observations: lines.observations,
};

test("a decision whose line was corrected is told with both values, and nothing is published", async () => {
  const corrections = files(corrected);
  const { error } = await imported(corrections);
  expect(error.split("\n").slice(0, 3)).toEqual([
    "2 lines differ from lines imported before under the same decision and time",
    `  ${corrections.decisions}:5 decision d3 of ${at(45)}: price is 40, and was imported as 3`,
    `  ${corrections.decisions}:7 decision d5 of ${at(75)}: price is 40, and was imported as 5`,
  ]);
  expect(error).toMatch(/Nothing was published\. .*--changed leave/);
  expect(await published()).toEqual(before);
  expect((await imported(corrections, { dryRun: true })).error).toBe(error);
});

test("--changed leave imports what is new and leaves what differs as it was imported", async () => {
  const { counts, said } = await imported(files(corrected), { changed: "leave" });
  expect(counts).toMatchObject({ decisions: 1, observations: 0, changed: 2 });
  expect(said.join("\n")).toMatch(/2 lines differ/);
  expect(await published()).toEqual([13, before[1]]);
});

test("a decision whose action was corrected is told", async () => {
  const file = join(folder.path, `actions-${(made += 1)}.csv`);
  const write = (taken: string): void => writeFileSync(file, `${DECISIONS},taken\na,${at(0)},1,S1,${taken}\n`);
  const action = { columns: { action: "taken" } };
  write("true");
  expect((await imported({ decisions: file }, action)).error).toBe("");
  write("false");
  expect((await imported({ decisions: file }, action)).error).toMatch(/decision a of .*: its action is another one/);
});

test.each(["decisions", "observations"] as const)(
  "%s of the same file under another time zone are told",
  async (kind) => {
    const zoneless = {
      decisions: lines.decisions,
      observations: lines.observations,
      [kind]: lines[kind].map((line) => line.replace("Z,", ",")),
    };
    const zoned = files(zoneless);
    const other = { columns: { times: { zone: timeZone("America/New_York")! } } };
    const one = { [kind]: zoned[kind] };
    expect((await imported(one, { columns: { times: { zone: timeZone("UTC")! } } })).counts["known"]).toBe(
      lines[kind].length,
    );
    // Five hours: longer than the file, of which observations are only known to be the same where the times overlap.
    const { error } = await imported(
      one,
      kind === "decisions" ? other : { columns: { times: { zone: timeZone("Africa/Lagos")! } } },
    );
    expect(error).toMatch(
      /lines were imported before at other times; .* was there (5h later|1h earlier|5h earlier|1h later)\. Was another --time-zone/,
    );
    expect(await published()).toEqual(before);
  },
);

test("an observation that was corrected is told, left out, or added beside the former one", async () => {
  const some = files({
    decisions: [],
    observations: lines.observations.map((line) => line.replace(/^(d4,.*),4$/, "$1,4.5")),
  });
  const { error } = await imported(some);
  expect(error).toContain(`observation of decision d4 at ${at(70)}: amount is 4.5, and was imported as 4`);
  expect(await published()).toEqual(before);
  expect((await imported(some, { changed: "leave" })).counts).toMatchObject({ observations: 0, changed: 1 });
  expect((await imported(some, { changed: "add" })).counts).toMatchObject({ observations: 1, changed: 0 });
  expect((await imported(some)).error).toBe("");
});

test("what a later export adds in columns that nobody declared changes nothing, and is told", async () => {
  const wider = files({ decisions: [], observations: [] });
  writeFileSync(wider.decisions, [`${DECISIONS},gate`, ...lines.decisions.map((line) => `${line},G1`), ""].join("\n"));
  writeFileSync(
    wider.observations,
    [`${OBSERVATIONS},page`, ...lines.observations.map((line) => `${line},home`), ""].join("\n"),
  );
  const { error, said, counts } = await imported(wider);
  expect(error).toBe("");
  expect(counts).toMatchObject({ decisions: 0, observations: 0, events: 0 });
  expect(said.find((line) => line.includes("stay as they were"))).toMatch(
    /in columns that the blueprint does not know \(gate, page\)/,
  );
  expect(await published()).toEqual(before);
});

test("a version that reads the same file's columns by other types changes no line of it", async () => {
  const wide = files({ decisions: [], observations: [] });
  writeFileSync(wide.decisions, [`${DECISIONS},size`, `w1,${at(0)},1,S1,1.50`, `w2,${at(9)},1,S1,0042`, ""].join("\n"));
  writeFileSync(
    wide.observations,
    [`${OBSERVATIONS},score`, `w1,${at(9)},visit,1,2.0`, `w2,${at(20)},visit,1,3.0`, ""].join("\n"),
  );
  expect((await imported(wide)).counts).toMatchObject({ decisions: 2, observations: 2 });
  const other = SHOP.replace("store: key", "store: key, size: number")
    .replace("  - price\n", "  - price\n  - size\n")
    .replace("label:", "observations: { score: number }\nlabel:");
  const { error, counts } = await imported(wide, { blueprint: parseBlueprint(other) });
  expect(error).toBe("");
  expect(counts).toMatchObject({ decisions: 0, observations: 0, events: 0, known: 4, changed: 0 });
});

test("what is new beside what was imported is no difference: repeated observations, another kind, a decision of the same id", async () => {
  const more = files({
    decisions: [`d0,${at(30)},5,S2`, ...lines.decisions.slice(5)],
    observations: [
      `d0,${at(10)},visit,0`,
      `d0,${at(10)},seen,7`,
      `d0,${at(10.5)},visit,0`,
      `d1,${at(25)},visit,1`,
      `d9,${at(500)},visit,1`,
    ],
  });
  const { error, counts } = await imported(more);
  expect(error).toBe("");
  expect(counts).toMatchObject({ decisions: 1, observations: 3 });
});

test("lines that an earlier release imported can't be compared, which is told", async () => {
  const { publisher, backbone, serdes } = open.loop;
  for await (const { key, value, time } of readTopic(backbone, serdes, imports)) {
    await publisher.publish([{ topic: imports, key, value: { ...value, facts: Buffer.alloc(0) }, time }]);
  }
  const { error, said } = await imported(files(lines));
  expect(error).toBe("");
  expect(said.join("\n")).toMatch(/^2\d lines were imported by an earlier release, .* not compared/m);
});
