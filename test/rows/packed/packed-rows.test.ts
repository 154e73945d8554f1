import { describe, expect, test } from "vitest";
import type { FeatureColumn } from "../../../blueprints/index.ts";
import { keepFeatures, keepNewest, matrixOf, rowId, vectorOf, withoutExtremes } from "../../../rows/index.ts";
import { packedOf, PackedRows } from "../../../rows/packed/packed-rows.ts";
import { recordLimits, type TrainingRow } from "../../../schemas/index.ts";
import { encodeFeatures } from "../../../serving/index.ts";

const layout = ["weight", "carrier", "fast", "odd"].map((name, index): FeatureColumn => {
  const kind = name === "carrier" ? "category" : "number";
  return { name, kind, index, feature: { name, kind: "context" } } as unknown as FeatureColumn;
});
const names = ["decisionId", "optionId", "decisionTime", "rowTime", "label", ...layout.map(({ name }) => name)];

/** Corrected rows and options among them, more of them than lie in one piece. */
function rowsOf(count: number): TrainingRow[] {
  let seed = 11;
  const random = (): number => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
  const one = <Value>(...values: readonly Value[]): Value => values[Math.floor(random() * values.length)]!;
  return Array.from({ length: count }, () => {
    const decision = Math.floor(random() * count * 0.7);
    return {
      decisionId: `d${decision}`,
      optionId: one(null, "a", "b"),
      decisionTime: 1_000 + (decision >> 2),
      rowTime: 5_000 + Math.floor(random() * 3),
      label: one<number | null>(0, 1, null),
      weight: one<number | null>(random() * 1e6, -0, null, 4e38, random()),
      carrier: one<string | null>("air", "road", null, `c${decision}`),
      fast: one(0, 1),
      odd: one<string | number | boolean | null>(null, 7.5, "text", true, Number.NaN, 0),
    };
  });
}

function byKey(rows: readonly TrainingRow[]): TrainingRow[] {
  const newest = new Map<string, TrainingRow>();
  for (const row of rows) keepNewest(newest, row);
  const compare = (a: TrainingRow, b: TrainingRow): number =>
    (a["decisionTime"] as number) - (b["decisionTime"] as number) || (rowId(a) < rowId(b) ? -1 : 1);
  return [...newest.values()].sort(compare);
}

function packed(rows: readonly TrainingRow[]): readonly TrainingRow[] {
  const store = new PackedRows();
  for (const row of rows) store.add(row);
  return store.newest();
}

const plain = (rows: readonly TrainingRow[]): unknown[] => rows.map((row) => names.map((name) => row[name]));

describe("rows in columns", () => {
  const given = rowsOf(40_000);
  const expected = byKey(given);

  test("are the newest of each decision and option, in their order, with every value as it was", () => {
    const found = packed(given);
    expect(found.length).toBeLessThan(given.length);
    expect(plain(found)).toEqual(plain(expected));
  });

  test("give the same matrix, bit by bit, and are treated the same", () => {
    const labels = [{ column: "label", objective: "binary" as const }];
    const [own, other] = [packed(given), expected].map((rows) => withoutExtremes(rows, layout, labels));
    expect(own!.treated).toEqual(other!.treated);
    expect(own!.treated).toMatchObject([{ name: "weight", treatment: "clamped" }]);
    const encode = encodeFeatures(layout, { carrier: ["air", "road"] });
    const [matrix, wanted] = [own!, other!].map(({ rows }) => matrixOf(rows, layout, encode));
    const bytes = (values: Float32Array): Buffer => Buffer.from(values.buffer as ArrayBuffer);
    expect(bytes(matrix!.features).equals(bytes(wanted!.features))).toBe(true);
    expect(matrix!.labels).toEqual(wanted!.labels);
    expect(matrix!.features.some((value) => value === Math.fround(recordLimits.largestFeature))).toBe(true);
  });

  test("let the features of all but some go: reading one of the others throws, and other columns stay", () => {
    const found = packed(given);
    const some = found.filter((_, at) => at % 5 === 0);
    const before = some.map((row) => vectorOf(row, layout));
    keepFeatures(found, some, layout);
    expect(some.map((row) => vectorOf(row, layout))).toEqual(before);
    expect(() => found[1]!["weight"]).toThrow("the features of this row were let go after it was learnt from");
    expect(found.map(rowId)).toEqual(expected.map(rowId));
  });

  test("are told from others", () => {
    const [row] = packed(given);
    expect(packedOf([row!])?.places).toHaveLength(1);
    expect(packedOf([row!, given[0]!])).toBeUndefined();
    expect(packedOf([row!, ...packed(given).slice(0, 1)])).toBeUndefined();
    expect(packedOf([])).toBeUndefined();
  });
});
