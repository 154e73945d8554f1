import { expect, test } from "vitest";
import { compileBlueprint } from "../../../blueprints/index.ts";
import { keepFeatures, matrixOf, vectorsOf } from "../../../rows/index.ts";
import { PackedRows } from "../../../rows/packed/packed-rows.ts";
import type { TrainingRow } from "../../../schemas/index.ts";
import { encodeFeatures, learnCategories } from "../../../serving/index.ts";
import { EncodedRows } from "../../../trainer/fit/encoded-rows.ts";
import { rows as parcels, TEXT } from "../parcel-rows.ts";

const compiled = compileBlueprint(TEXT.replace("holdout: 20%", 'holdout: 20%, weight: "1 + weight"'));
const { layout } = compiled;
const carriers = ["air", null, "sea", "road", "mule", "zeppelin"];
/** Some carriers are only among the older rows, some only among the newer. */
const rows: readonly TrainingRow[] = parcels(0, 300, 1).map((row, at) => ({
  ...row,
  carrier: carriers[(at * 7) % (at < 200 ? 4 : 6)]!,
  weight: at % 11 === 0 ? null : row["weight"]!,
}));
const weighed = rows.filter((row) => row["weight"] !== null);

function packed(all: readonly TrainingRow[]): readonly TrainingRow[] {
  const store = new PackedRows();
  for (const row of all) store.add(row);
  return store.newest();
}

const some: readonly (readonly [string, (all: readonly TrainingRow[]) => readonly TrainingRow[]])[] = [
  ["all", (all) => all],
  ["the older ones", (all) => all.slice(0, 150)],
  ["the newer ones", (all) => all.slice(150)],
  ["every third", (all) => all.filter((_, at) => at % 3 === 0)],
  ["none", () => []],
];

test.each(some)("%s: the matrix is that of the rows alone, with their own categories and with others", (_, pick) => {
  for (const all of [weighed, packed(weighed)]) {
    const own = pick(weighed);
    const encoded = new EncodedRows(compiled, all);
    keepFeatures(all, [], layout);
    const named = layout.filter(({ kind }) => kind === "category").map((column, index) => ({ ...column, index }));
    const categories = learnCategories(named, vectorsOf(own, named));
    expect(encoded.categoriesOf(pick(all))).toEqual(categories);
    const older = learnCategories(named, vectorsOf(weighed.slice(0, 100), named));
    for (const known of [categories, older]) {
      const alone = matrixOf(own, layout, encodeFeatures(layout, known), "label", compiled.weight);
      expect(encoded.matrixOf(pick(all), "label", known)).toEqual(alone);
    }
  }
});

test("rows that follow each other share the memory of all, if their categories are all", () => {
  const encoded = new EncodedRows(compiled, weighed);
  const all = encoded.categoriesOf(weighed);
  const [older, newer] = [weighed.slice(0, 100), weighed.slice(100)].map((part) =>
    encoded.matrixOf(part, "label", all),
  ) as [ReturnType<EncodedRows["matrixOf"]>, ReturnType<EncodedRows["matrixOf"]>];
  expect(older.features.buffer).toBe(newer.features.buffer);
  expect(newer.features.byteOffset).toBe(older.features.byteLength);
});

test("a row that was not encoded is no row of it", () => {
  const encoded = new EncodedRows(compiled, weighed.slice(1));
  expect(() => encoded.matrixOf(weighed.slice(0, 1), "label", encoded.categoriesOf(weighed.slice(1)))).toThrow(
    "was not encoded",
  );
});
