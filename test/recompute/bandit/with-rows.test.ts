import { expect, test } from "vitest";
import { withRows } from "../../../recompute/bandit/with-rows.ts";
import type { PlacedDecision } from "../../../rows/index.ts";
import type { TrainingRow } from "../../../schemas/index.ts";

const origin = { topic: "decisions", partition: 0, offset: 0 };
const decision = (decisionTime: number, decisionId: string): PlacedDecision =>
  ({ decision: { decisionTime, decisionId }, origin }) as PlacedDecision;
const row = (decisionTime: number, decisionId: string): TrainingRow => ({ decisionTime, decisionId, label: 1 });

async function* each<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

async function paired(decisions: readonly PlacedDecision[], rows: readonly TrainingRow[]): Promise<unknown> {
  let alone = 0;
  const found: string[] = [];
  for await (const { decision: one, row: its } of withRows(each(decisions), each(rows), (count) => (alone += count))) {
    expect(its === undefined || its["decisionId"] === one.decisionId).toBe(true);
    found.push(`${one.decisionTime} ${one.decisionId}${its === undefined ? "" : " row"}`);
  }
  return [found, alone];
}

test("each decision has the row of its id and time, in whatever order ids of one time come", async () => {
  const decisions = [decision(1, "a"), decision(2, "a"), decision(2, "b"), decision(4, "c"), decision(5, "d")];
  expect(await paired(decisions, [row(2, "b"), row(2, "a"), row(4, "c")])).toEqual([
    ["1 a", "2 a row", "2 b row", "4 c row", "5 d"],
    0,
  ]);
});

test("rows without a decision are counted: before, between, at and after the decisions' times", async () => {
  const rows = [row(0, "x"), row(1, "a"), row(1, "x"), row(2, "y"), row(3, "b"), row(9, "z"), row(9, "y")];
  expect(await paired([decision(1, "a"), decision(3, "b")], rows)).toEqual([["1 a row", "3 b row"], 5]);
  expect(await paired([], rows)).toEqual([[], 7]);
  expect(await paired([decision(1, "a")], [])).toEqual([["1 a"], 0]);
});
