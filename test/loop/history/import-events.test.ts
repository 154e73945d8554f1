import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { newDir } from "../../streams/backbones/local/new-dir.ts";
import { at, DECISIONS, OBSERVATIONS } from "./shop.ts";
import { embeddedLoop, importInto, stateOf, type ShopState } from "./shop-log.ts";

let folder: Awaited<ReturnType<typeof newDir>>;
beforeAll(async () => void (folder = await newDir()));
afterAll(() => folder.remove());

let count = 0;
function file(suffix: string, ...lines: readonly string[]): string {
  const path = join(folder.path, `${(count += 1)}${suffix}`);
  writeFileSync(path, [...lines, ""].join("\n"));
  return path;
}

const decisions = () => file(".csv", DECISIONS, `a,${at(0)},1,0042`, `b,${at(60)},1,0042`, `c,${at(90)},1,42`);
const happened = [at(10), at(20), at(20), at(59), at(60)];
const csv = () => file(".csv", "event_ts,kind,store,amount", ...happened.map((time) => `${time},visit,0042,3`));
const jsonl = () =>
  file(".jsonl", ...happened.map((event_ts) => JSON.stringify({ amount: 3, store: "0042", kind: "visit", event_ts })));
const fixed = () => file(".csv", "at,store,amount", ...happened.map((time) => `${time},0042,3`));

async function state(work: (loop: Parameters<typeof importInto>[0]) => Promise<void>): Promise<ShopState> {
  const { loop, close } = await embeddedLoop(join(folder.path, `log-${(count += 1)}`));
  await work(loop);
  const found = await stateOf(loop);
  await close();
  return found;
}

const visits = ({ rows }: ShopState): Record<string, unknown> =>
  Object.fromEntries(
    rows.map((row) => {
      const { decisionId, visits_1d } = JSON.parse(row) as { decisionId: string; visits_1d: number };
      return [decisionId, visits_1d];
    }),
  );

test("events of no decision count in windows by the blueprint's types, two equal ones twice, from one import or before it", async () => {
  const together = await state(async (loop) => {
    const { counts } = await importInto(loop, { decisions: decisions(), events: csv() });
    expect(counts).toMatchObject({ decisions: 3, observations: 0, events: 5, eventsWithoutDecision: 0 });
  });
  expect(visits(together)).toEqual({ a: 0, b: 4, c: 0 });
  const before = await state(async (loop) => {
    await importInto(loop, { events: jsonl() });
    await importInto(loop, { decisions: decisions() });
  });
  expect(before).toEqual(together);
  const named = await state(async (loop) => {
    const own = { columns: { kind: "visit", observationTime: "at" } };
    await importInto(loop, { events: fixed() }, own);
    await importInto(loop, { decisions: decisions() });
  });
  expect(named).toEqual(together);
});

test("events that were imported first, later ones too, leave the decisions their time", async () => {
  const late = () => file(".csv", "event_ts,kind,store,amount", `${at(5)},visit,S1,3`, `${at(60_000)},visit,S1,3`);
  const decided = () => file(".csv", DECISIONS, `a,${at(0)},1,S1`, `b,${at(600)},1,S1`);
  const seen = () => file(".csv", OBSERVATIONS, `a,${at(50)},visit,7`, `a,${at(110)},visit,0`);
  const together = await state(async (loop) => {
    await importInto(loop, { decisions: decided(), observations: seen(), events: late() });
  });
  const before = await state(async (loop) => {
    await importInto(loop, { events: late() });
    await importInto(loop, { decisions: decided(), observations: seen() });
  });
  expect(before).toEqual(together);
  expect(JSON.parse(before.rows[0]!)).toMatchObject({ decisionId: "a", label: 0, maturity: "corrected" });
});

test("the same events in another format are known, and an overlapping file adds what is new", async () => {
  const found = await state(async (loop) => {
    await importInto(loop, { events: csv() });
    const again = await importInto(loop, { events: jsonl() });
    expect(again.counts).toMatchObject({ events: 0, known: 5 });
    const more = file(".csv", "event_ts,kind,store,amount", `${at(60)},visit,0042,3`, `${at(61)},visit,0042,3`);
    expect((await importInto(loop, { events: more })).counts).toMatchObject({ events: 1, known: 1 });
  });
  expect(found.events).toBe(6);
});

test("an event without a kind, and one whose field is no number, are bad lines with column and value", async () => {
  const events = file(".csv", "event_ts,kind,store,amount", `${at(0)},,S1,1`, `${at(1)},visit,S1,many`);
  await state(async (loop) => {
    const { badLines } = await importInto(loop, { events });
    expect(badLines.map(({ line, problem }) => `${line} ${problem}`)).toEqual([
      "2 kind is empty: an event has a kind",
      expect.stringMatching(/^3 amount "many" is not a number/),
    ]);
  });
});
