import { DomainError } from "../../schemas/index.ts";
import { onnxFromTrees } from "../onnx/index.ts";
import type { Tree } from "../xgboost/index.ts";

/** Rows of a table in one file, at most. */
const MOST_ROWS = 200_000;

/** @throws DomainError `BAD_TRAINING_DATA` if there are too many rows */
export function checkTableRows(rows: number): void {
  if (rows <= MOST_ROWS) return;
  throw new DomainError(
    "BAD_TRAINING_DATA",
    `${rows} states are more than the ${MOST_ROWS} of a table: take features out, round them, or learn by fittedQ`,
  );
}

/** No float32 is below it. */
const LEAST = -3.4028234663852886e38;

/**
 * A table as a tree: each row of features leads to a leaf of its own. Features that no row has lead to one that is near,
 * the earlier columns first. A missing value that no row has counts as the smallest.
 */
export interface TableTree {
  /** One value a row, of an ONNX file with an output `prediction`. */
  onnx(values: ArrayLike<number>): Uint8Array;
}

/**
 * @param features rows × columns, NaN = missing; no two rows are alike
 * @throws DomainError `BAD_TRAINING_DATA` if there are too many rows
 */
export function tableTree(features: Float32Array, rows: number, columns: number): TableTree {
  checkTableRows(rows);
  const [left, right, column, condition, missingLeft]: [number[], number[], number[], number[], boolean[]] = [
    ...[[], [], [], []],
    [],
  ] as never;
  const leaves = new Map<number, number>();
  const at = (row: number, of: number): number => features[row * columns + of]!;
  const add = (): number => {
    left.push(-1);
    right.push(-1);
    column.push(0);
    condition.push(0);
    missingLeft.push(false);
    return left.length - 1;
  };
  const split = (of: number, below: number, missing: boolean, low: () => number, high: () => number): number => {
    const node = add();
    column[node] = of;
    condition[node] = below;
    missingLeft[node] = missing;
    left[node] = low();
    right[node] = high();
    return node;
  };
  /** Of rows that are alike in all columns before this one. */
  const grow = (some: readonly number[], of: number): number => {
    if (of === columns) {
      const leaf = add();
      leaves.set(leaf, some[0]!);
      return leaf;
    }
    const missing = some.filter((row) => Number.isNaN(at(row, of)));
    const groups = [
      ...Map.groupBy(
        some.filter((row) => !Number.isNaN(at(row, of))),
        (row) => at(row, of),
      ),
    ]
      .sort(([one], [other]) => one - other)
      .map(([value, own]) => ({ value, own }));
    const known = (from: number, to: number): number => {
      if (to - from === 1) return grow(groups[from]!.own, of + 1);
      const middle = (from + to) >> 1;
      const [below, above] = [groups[middle - 1]!.value, groups[middle]!.value];
      const between = Math.fround((below + above) / 2);
      const border = between > below ? between : above;
      return split(
        of,
        border,
        true,
        () => known(from, middle),
        () => known(middle, to),
      );
    };
    if (missing.length === 0) return known(0, groups.length);
    if (groups.length === 0) return grow(missing, of + 1);
    return split(
      of,
      LEAST,
      true,
      () => grow(missing, of + 1),
      () => known(0, groups.length),
    );
  };
  grow(
    Array.from({ length: rows }, (_, row) => row),
    0,
  );
  const gain = left.map(() => 0);
  return {
    onnx(values) {
      const valued = condition.map((border, node) => {
        const row = leaves.get(node);
        return row === undefined ? border : values[row]!;
      });
      const tree: Tree = { left, right, column, condition: valued, missingLeft, gain };
      return onnxFromTrees({ objective: "reg:squarederror", columns, baseScore: 0, trees: [tree] }, {});
    },
  };
}
