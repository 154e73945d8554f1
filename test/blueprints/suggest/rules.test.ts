import { expect, test } from "vitest";
import { columnType } from "../../../blueprints/suggest/profile/column-type.ts";
import { DistinctValues } from "../../../blueprints/suggest/profile/distinct-values.ts";
import { ColumnProfile, TableProfile, type Cell } from "../../../blueprints/suggest/profile/table-profile.ts";
import { filledInLater, growsWithTime, leakOf } from "../../../blueprints/suggest/label/leaks.ts";
import { planLabel } from "../../../blueprints/suggest/label/label-plan.ts";
import { centredRanks } from "../../../blueprints/suggest/windows/association.ts";
import { chooseFeatures } from "../../../blueprints/suggest/windows/choose-features.ts";
import { EventSeries } from "../../../blueprints/suggest/windows/event-series.ts";
import { roundedUp } from "../../../blueprints/suggest/windows/spans.ts";
import { random } from "../random.ts";

const HOUR = 3_600_000;
const many = <T>(count: number, of: (at: number) => T): T[] => Array.from({ length: count }, (_, at) => of(at));

function typeOf(values: readonly (string | number | boolean)[]): string {
  const profile = new ColumnProfile();
  for (const value of values) profile.add(value);
  const found = columnType(profile, profile.shape);
  return "type" in found ? found.type : found.leftOut;
}

test.each([
  ["numbers as texts", many(9, (at) => `${at}.5`), "number"],
  ["codes with leading zeros", many(200, (at) => String(at % 20).padStart(4, "0")), "category"],
  ["more digits than a number keeps", many(99, (at) => `1234567890123456789${at % 3}`), "category"],
  ["True and False", ["True", "False", "True"], "boolean"],
  ["yes and no", ["yes", "no"], "boolean"],
  ["1 and 0", ["1", "0", "1"], "number"],
  ["times", ["2026-01-01T00:00:00Z", "2026-01-02T00:00:00+01:00"], "time"],
  ["times that name no zone", ["2026-01-01T00:00:00", "2026-01-02T00:00:00"], "category"],
  ["vectors", ["[1, 2]", "[3, 4.5]"], "vector(2)"],
  ["lists", ['["a"]', '["a", "b"]'], "list"],
  ["numbers and a word", ["1", "2", "n/a"], "category"],
  ["many texts", many(900, (at) => `user${at % 300}`), "key"],
  ["one value", ["x", "x"], 'has one value only: "x"'],
  ["ids", many(200, (at) => `id${at}`), expect.stringContaining("it is an id")],
])("%s have their type, or are left out with the reason", (_, values, type) => {
  expect(typeOf(values)).toEqual(type);
});

test("distinct values are counted to the number, and estimated to 10 % where there are very many", () => {
  const few = new DistinctValues();
  for (const at of many(9_000, (at) => at % 1_500)) few.add(`v${at}`);
  expect(few.size).toBe(1_500);
  const more = new DistinctValues();
  for (const at of many(120_000, (at) => at % 60_000)) more.add(`v${at}`);
  expect(Math.abs(more.size / 60_000 - 1)).toBeLessThan(0.1);
  expect(more.frequent).toEqual([]);
});

test("a column that says the outcome leaks, and one that only goes with it does not", () => {
  const next = random(5);
  const labels = many(2_000, () => (next() < 0.3 ? 1 : 0));
  const price = labels.map((label) => label + 3 * next());
  expect(leakOf(price, labels)).toBeNull();
  expect(
    leakOf(
      labels.map((label) => (label === 1 ? "late" : "in time")),
      labels,
    ),
  ).toContain("known only afterwards");
  expect(
    leakOf(
      labels.map((label) => (label === 1 ? 15 + 90 * next() : 15 * next())),
      labels,
    ),
  ).not.toBeNull();
  expect(
    leakOf(
      labels.map((label) => (label === 1 ? "paid" : null)),
      labels,
    ),
  ).not.toBeNull();
  const minutes = many(2_000, () => 100 * next());
  expect(leakOf(minutes, minutes)).not.toBeNull();
});

test("a year grows with time, a day of the week does not", () => {
  expect(growsWithTime(many(900, (at) => Math.floor(at / 300)))).toBe(true);
  expect(growsWithTime(many(900, (at) => Math.floor(at / 450)))).toBe(true);
  expect(growsWithTime(many(900, (at) => Math.floor(at / 10) % 7))).toBe(false);
});

test("a column that is missing only where nothing was observed seems to be filled in later", () => {
  const observed = many(1_000, (at) => at % 20 !== 0);
  const mature = many(1_000, () => true);
  const cells: Cell[] = observed.map((has) => (has ? "N1" : null));
  expect(filledInLater(cells, { observed, mature })).toContain("(50 decisions)");
  expect(
    filledInLater(
      many(1_000, (at) => (at % 7 === 0 ? null : "N1")),
      { observed, mature },
    ),
  ).toBeNull();
});

function observations(...lines: readonly Readonly<Record<string, Cell>>[]): TableProfile {
  const table = new TableProfile();
  for (const line of lines) table.add(line, (line["kind"] as string | undefined) ?? null);
  return table;
}

test("a label's words say which observations count, and a column of true and false is one", () => {
  const flights = observations({ kind: "arrival", delay_min: 5, ok: "true" }, { kind: "departure", delay_min: 7 });
  const plan = (text: string, table = flights): object => planLabel(text, table, ["id"]);
  expect(plan("delay_min >= 15")).toMatchObject({ value: "delay_min >= 15", when: null, isBinary: true });
  expect(plan('delay_min >= 15 and kind == "arrival"')).toMatchObject({
    ...{ value: "delay_min >= 15", when: 'kind == "arrival"', aggregate: "latest" },
  });
  expect(plan('kind == "arrival"')).toMatchObject({ value: 'kind == "arrival"', when: null, aggregate: "any" });
  expect(plan("delay_min")).toMatchObject({ value: "delay_min", isBinary: false });
  expect(plan("ok")).toMatchObject({ value: "ok == 1", isBinary: true, columns: { ok: "number" } });
  expect(plan("ok", observations({ ok: "yes" }))).toMatchObject({ value: "ok", columns: { ok: "boolean" } });
  expect(plan("ok", observations({ ok: "1" }, { ok: 0 }))).toMatchObject({ value: "ok == 1", isBinary: true });
  expect(() => plan("delay_mim")).toThrow('did you mean "delay_min"?');
  expect(() => plan("status", observations({ status: "paid" }))).toThrow('compare it, like status == "paid"');
});

test("a window of the sample has the events before the decision, as those of the loop", () => {
  const values = [4, null, 1];
  const events = values.map((value, at) => ({ time: at * HOUR, key: "a", values: [value] }));
  const series = new EventSeries(events, 1);
  expect(series.window("a", 2 * HOUR, 2 * HOUR)).toEqual({ count: 2, means: [4], lasts: [4], since: 1 });
  expect(series.window("a", 2 * HOUR + 1, HOUR)).toMatchObject({ count: 1, means: [1], lasts: [1] });
  expect(series.window("b", HOUR, HOUR)).toEqual({ count: 0, means: [null], lasts: [null], since: null });
  expect(series.window(null, HOUR, HOUR)).toBeNull();
});

test("of two features that say the same one is chosen, and a weaker one that says something new", () => {
  const next = random(9);
  const [a, b] = [many(2_000, () => next()), many(2_000, () => next())];
  const label = centredRanks(a.map((value, at) => value + 0.5 * b[at]! + next()));
  const candidates = [
    { name: "a", ranks: centredRanks(a) },
    { name: "a again", ranks: centredRanks(a.map((value) => 2 * value)) },
    { name: "b", ranks: centredRanks(b) },
    { name: "noise", ranks: centredRanks(many(2_000, () => next())) },
  ];
  const chosen = chooseFeatures(candidates, label, { most: 9, least: 0.1 });
  expect(chosen.map(({ candidate }) => candidate.name)).toEqual(["a", "b"]);
});

test("waits are durations that a person would choose", () => {
  expect([1, 61_000, 9 * HOUR, 35 * HOUR].map(roundedUp)).toEqual([1_000, 120_000, 12 * HOUR, 48 * HOUR]);
});
