import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { recordsOf, type HistoryStep } from "../../../../loop/history/lines/history-step.ts";
import { readHistory } from "../../../../loop/history/lines/read-history.ts";
import { parcels } from "../../../operators/parcels.ts";
import { newDir } from "../../../streams/backbones/local/new-dir.ts";
import { shopFiles, shopLines } from "../shop.ts";
import { embeddedLoop, importInto, stateOf, type ShopState } from "../shop-log.ts";
import { fileTables } from "../../../../cli/files/index.ts";

let dir: Awaited<ReturnType<typeof newDir>>;
beforeAll(async () => (dir = await newDir()));
afterAll(() => dir.remove());

const HOUR = 3_600_000;
const START = Date.UTC(2024, 0, 1);
const columns = { decisionId: "id", decisionTime: "time", observationTime: "at" };
const iso = (minutes: number): string => new Date(START + minutes * 60_000).toISOString();
const everything = { lines: Number.POSITIVE_INFINITY, bytes: Number.POSITIVE_INFINITY };

/** Few decisions beside many observations that are events too, some of them at the same moments, with bad lines between them. */
async function steps(stepSize: { readonly lines: number; readonly bytes: number }): Promise<HistoryStep[]> {
  const files = { decisions: join(dir.path, "d.csv"), observations: join(dir.path, "o.csv") };
  const decided = Array.from({ length: 30 }, (_, i) => `d${i},${iso(4 * i)},${i % 7 === 6 ? "x" : i},air`);
  const seen = Array.from({ length: 400 }, (_, i) => `d${Math.floor(i / 20)},${iso(Math.floor(i / 3))},scan,${i}`);
  writeFileSync(files.decisions, `id,time,weight,carrier\n${decided.join("\n")}\n`);
  writeFileSync(files.observations, `id,at,kind,minutes\n${seen.join("\n")}\n`);
  const all: HistoryStep[] = [];
  for await (const step of readHistory(fileTables(files), columns, parcels, { stepMs: HOUR, stepSize })) all.push(step);
  return all;
}

const recordsIn = ({ requests, outcomes }: HistoryStep) => recordsOf([...outcomes, ...requests]);

test.each([
  ["lines", { lines: 7, bytes: Number.POSITIVE_INFINITY }],
  ["bytes", { lines: Number.POSITIVE_INFINITY, bytes: 700 }],
])(
  "a step that is full of %s ends at one moment in all files, with nothing behind it, and loses nothing",
  async (_, size) => {
    const [whole, parts] = [await steps(everything), await steps(size)];
    expect(whole).toHaveLength(3);
    expect(parts.length).toBeGreaterThan(40);
    for (const [at, step] of parts.entries()) {
      const { from, until, requests, outcomes, bad } = step;
      expect(requests.length + outcomes.length + bad.length).toBeLessThan(20);
      expect([from % HOUR, until > from && until <= from + HOUR]).toEqual([0, true]);
      for (const { time } of recordsIn(step)) expect(time).toBeLessThanOrEqual(until);
      for (const later of parts.slice(at + 1))
        for (const { time } of recordsIn(later)) expect(time).toBeGreaterThanOrEqual(until);
    }
    const textOf = (all: readonly HistoryStep[], of: "requests" | "outcomes"): readonly unknown[] =>
      all.flatMap((step) => recordsOf(step[of]).map(({ topic, key, value, time }) => [topic.name, key, value, time]));
    expect(textOf(parts, "requests")).toEqual(textOf(whole, "requests"));
    expect(textOf(parts, "outcomes")).toEqual(textOf(whole, "outcomes"));
    const badOf = (all: readonly HistoryStep[]) => all.flatMap(({ bad }) => bad).sort((a, b) => a.line - b.line);
    expect(badOf(parts)).toEqual(badOf(whole));
  },
);

test("of one moment not more is read at once either, and decisions come before what is observed of them", async () => {
  const files = { decisions: join(dir.path, "d1.csv"), observations: join(dir.path, "o1.csv") };
  const ids = Array.from({ length: 50 }, (_, i) => `d${i},${iso(1)}`);
  writeFileSync(files.decisions, `id,time,weight,carrier\n${ids.map((id) => `${id},1,air`).join("\n")}\n`);
  writeFileSync(files.observations, `id,at,kind\n${ids.map((id) => `${id},scan`).join("\n")}\n`);
  const counts: number[][] = [];
  let keyless = 0;
  const reading = { stepMs: HOUR, stepSize: { lines: 20, bytes: Number.POSITIVE_INFINITY } };
  for await (const { requests, outcomes } of readHistory(fileTables(files), columns, parcels, reading)) {
    counts.push([requests.length, outcomes.length]);
    keyless += outcomes.filter((line) => line.keyless === true).length;
  }
  expect(counts).toEqual([
    [20, 0],
    [20, 0],
    [10, 10],
    [0, 20],
    [0, 20],
  ]);
  expect(keyless).toBe(0);
});

test("an import in steps of a few lines makes the same rows as in steps of hours", { timeout: 900_000 }, async () => {
  // An hour has four decisions, and what is seen of them counts in the windows of the next ones.
  const files = shopFiles(dir.path, "parts", shopLines(200));
  const made: ShopState[] = [];
  for (const lines of [Number.POSITIVE_INFINITY, 3]) {
    const { loop, close } = await embeddedLoop(join(dir.path, `loop-${lines}`));
    await importInto(loop, files, { stepSize: { lines, bytes: Number.POSITIVE_INFINITY } });
    made.push(await stateOf(loop));
    await close();
  }
  expect(made[0]!.rows).toHaveLength(200);
  expect(made[1]!.rows).toEqual(made[0]!.rows);
});
