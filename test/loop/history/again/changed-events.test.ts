import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeEach, expect, test } from "vitest";
import { parseBlueprint } from "../../../../blueprints/index.ts";
import type { HistoryFiles, ImportOptions } from "../../../../loop/index.ts";
import { events, imports } from "../../../../schemas/index.ts";
import { readTopic } from "../../../../streams/index.ts";
import { newDir } from "../../../streams/backbones/local/new-dir.ts";
import { at, SHOP, shopFiles } from "../shop.ts";
import { embeddedLoop, importInto } from "../shop-log.ts";

const folder = await newDir();
afterAll(() => folder.remove());
let made = 0;
let open: Awaited<ReturnType<typeof embeddedLoop>>;
beforeEach(async () => {
  open = await embeddedLoop(join(folder.path, `log-${(made += 1)}`));
  return () => open.close();
});

const HEADER = "event_ts,kind,store,amount,weight";
const LINES = [
  `${at(0)},visit,S1,3,1.50`,
  `${at(0)},visit,S2,3,2.0`,
  `${at(10)},visit,S1,4,`,
  `${at(20)},seen,S1,5,`,
  `${at(300)},visit,S1,6,`,
];
const file = (lines: readonly string[]): string => {
  const path = join(folder.path, `${(made += 1)}.csv`);
  writeFileSync(path, [HEADER, ...lines, ""].join("\n"));
  return path;
};

async function imported(files: HistoryFiles, more: Partial<ImportOptions> = {}) {
  const said: string[] = [];
  try {
    const { counts } = await importInto(open.loop, files, { say: (line) => void said.push(line), ...more });
    return { error: "", said, counts };
  } catch (error) {
    return { error: (error as Error).message, said, counts: undefined };
  }
}

async function published() {
  const found: string[] = [];
  for await (const { value, time } of readTopic(open.loop.backbone, open.loop.serdes, events)) {
    const { store, amount } = value.attributes;
    found.push(`${(time - Date.parse(at(0))) / 60_000} ${String(store)} ${String(amount)}`);
  }
  return found.sort();
}

test("an event whose number was corrected is told with both values, left out, or added beside the former one", async () => {
  await imported({ events: file(LINES) });
  const before = await published();
  const corrected = file(LINES.map((line) => line.replace("S1,4,", "S1,4.5,").replace("S2,3", "S2,7")));
  const { error } = await imported({ events: corrected });
  expect(error.split("\n").slice(0, 3)).toEqual([
    "2 events differ from events imported before of the same time, kind and keys",
    `  ${corrected}:3 visit at ${at(0)}: amount is 7, and was imported as 3`,
    `  ${corrected}:4 visit at ${at(10)}: amount is 4.5, and was imported as 4`,
  ]);
  expect(error).toMatch(/Nothing was published\. .*--changed leave/);
  expect(await published()).toEqual(before);
  const left = await imported({ events: corrected }, { changed: "leave" });
  expect(left.counts).toMatchObject({ events: 0, changed: 2 });
  expect((await imported({ events: corrected }, { changed: "add" })).counts).toMatchObject({ events: 2, changed: 0 });
  expect(await published()).toEqual([...before, "0 S2 7", "10 S1 4.5"].sort());
  expect(await imported({ events: corrected })).toMatchObject({ error: "", counts: { events: 0, known: 5 } });
});

test("one whose key was corrected counts beside the former one, which is told where the file is the same one", async () => {
  await imported({ events: file(LINES) });
  const { error, said, counts } = await imported({ events: file(LINES.map((line) => line.replace("S2", "S3"))) });
  expect([error, counts?.events]).toEqual(["", 1]);
  expect(said.join("\n")).toMatch(/^1 new event is of a time and kind of which imported events are not in the file/m);
});

test("what is new beside what was imported is no difference: files of other keys, one more of the same, another kind", async () => {
  await imported({ events: file([LINES[0]!]) });
  const other = await imported({ events: file([LINES[1]!]) });
  expect(other).toMatchObject({ error: "", counts: { events: 1 } });
  const more = await imported({ events: file([LINES[0]!, LINES[0]!, LINES[1]!, `${at(0)},seen,S1,9,`]) });
  expect(more).toMatchObject({ error: "", counts: { events: 2, known: 2 } });
  for (const { said } of [other, more]) expect(said.join("\n")).not.toMatch(/corrected|differ/);
});

test("a version that reads an event's columns by other types changes no line of it", async () => {
  await imported({ events: file(LINES) });
  const blueprint = parseBlueprint(SHOP.replace("fields: [amount]", "fields: [amount, weight]"));
  expect(await imported({ events: file(LINES) }, { blueprint })).toMatchObject({
    error: "",
    counts: { events: 0, known: 5, changed: 0 },
  });
  expect((await published()).length).toBe(LINES.length);
});

test("events that an earlier release imported can't be compared, which is told", async () => {
  await imported({ events: file(LINES) });
  const { publisher, backbone, serdes } = open.loop;
  for await (const { key, value, time } of readTopic(backbone, serdes, imports))
    await publisher.publish([{ topic: imports, key, value: { ...value, facts: Buffer.alloc(0) }, time }]);
  const { error, said } = await imported({ events: file(LINES.map((line) => line.replace("S1,4", "S1,5"))) });
  expect(error).toBe("");
  expect(said.join("\n")).toMatch(/^4 lines were imported by an earlier release/m);
});

test("events of observations whose decisions came later lack their keys, which is told; --changed add brings them with the keys", async () => {
  const observations = [`a,${at(9)},visit,7`, `b,${at(20)},visit,7`];
  const files = (decisions: readonly string[]) =>
    shopFiles(folder.path, `late-${(made += 1)}`, { decisions, observations });
  await imported(files([`b,${at(15)},1,S2`]));
  const later = files([`a,${at(0)},1,S1`, `b,${at(15)},1,S2`]);
  const { error, said, counts } = await imported(later);
  expect([error, counts?.decisions, counts?.events]).toEqual(["", 1, 0]);
  expect(said.join("\n")).toContain(`1 observation was imported before their decisions (${later.observations}:2)`);
  expect(said.join("\n")).toContain("--changed add publishes them again with the keys");
  expect((await imported(later, { changed: "add" })).counts).toMatchObject({ observations: 1, events: 1 });
  expect(await published()).toEqual(["20 S2 7", "9 S1 7", "9 undefined 7"]);
  expect((await imported(later)).said.join("\n")).not.toContain("lack the keys");
});
