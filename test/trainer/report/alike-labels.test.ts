import { expect, test } from "vitest";
import type { TrainingRow } from "../../../schemas/index.ts";
import { alikeLabels } from "../../../trainer/report/alike-labels.ts";

const rows = (column: string, values: readonly number[]): readonly TrainingRow[] =>
  values.map((value) => ({ [column]: value }));
const split = (name: string, values: readonly number[], classOf?: string) => ({
  ...{ label: { name, column: `label_${name}`, objective: "binary" as const, classOf } },
  ...{ train: rows(`label_${name}`, values), holdout: [] },
});

test("labels of which nothing could be learnt are named: those that are always the same, and classes that never came", () => {
  expect(alikeLabels([split("late", [0, 1]), split("minutes", [3, 4])])).toBeUndefined();
  expect(alikeLabels([split("late", [0, 0]), split("minutes", [7, 7])])).toBe(
    "late is 0 in all rows that it learnt from, minutes is 7 in all rows that it learnt from",
  );
  const classes = [split("size_small", [1, 0], "size"), split("size_large", [0, 1], "size")];
  expect(alikeLabels([...classes, split("size_lost", [0, 0], "size")])).toBe("no row that it learnt from is size_lost");
  expect(alikeLabels([split("size_small", [1, 1], "size"), split("size_large", [0, 0], "size")])).toBe(
    "no row that it learnt from is size_large",
  );
  expect(alikeLabels([split("late", [])])).toBeUndefined();
});
