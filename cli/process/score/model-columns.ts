import { featureType, type Blueprint, type FeatureColumn } from "../../../blueprints/index.ts";
import { recordLimits } from "../../../schemas/index.ts";
import { encodeFeatures, inputColumns, labelOutputs, modelCategories, type Scorer } from "../../../serving/index.ts";
import { TableError, type CellNumber, type TableValue } from "../../files/index.ts";
import { featureCell } from "./feature-cell.ts";
import { shownCell } from "./shown-cell.ts";

const { largestFeature } = recordLimits;

/** Rows that are predicted at once: their features stay small beside a row group. */
export const MOST_ROWS = 4_096;

/** A model over the columns of a table. */
export interface ModelColumns {
  /** The labels, and heads, that are predicted. */
  readonly names: readonly string[];
  /** The features that a table must have as columns, in the order in which the model takes them. */
  readonly features: readonly string[];
  /** For each of `features` its cells as the model takes them, encoded as at a decision. */
  readonly cells: readonly CellNumber[];
  /**
   * For each of `names` one float32 a row.
   *
   * @param matrix rows × features float32, row-major, NaN = missing
   */
  predict(matrix: Float32Array, rows: number): Promise<readonly Float32Array[]>;
  /** Throws the error of a cell that is no value of a feature. */
  refuse(feature: number, line: number, cell: TableValue | undefined): never;
}

/**
 * @param path of the table, for errors
 * @throws DomainError `BAD_MODEL` when the model does not fit the layout
 */
export function modelColumns(
  scorer: Scorer,
  { blueprint, layout }: { readonly blueprint: Blueprint; readonly layout: readonly FeatureColumn[] },
  path: string,
): ModelColumns {
  const taken = inputColumns(scorer, layout);
  const named = labelOutputs(scorer, blueprint);
  const categories = modelCategories(scorer);
  return {
    names: named.map(({ label }) => label),
    features: taken.map(({ name }) => name),
    cells: taken.map((column): CellNumber => {
      const encode = encodeFeatures([{ ...column, index: 0 }], categories);
      const cellOf = featureCell(column);
      const vector: (number | string | null)[] = [null];
      const number = new Float32Array(1);
      const isNumber = column.kind === "number" && featureType(column.feature) === "number";
      return {
        of(cell) {
          const value = cellOf(cell);
          if (value === undefined) return undefined;
          vector[0] = value;
          encode(vector, number, 0);
          return number[0];
        },
        bound: isNumber ? { least: -largestFeature, most: largestFeature } : undefined,
      };
    }),
    async predict(matrix, rows) {
      const outputs = await scorer.score(matrix, rows);
      return named.map(({ output }) => outputs[output]!);
    },
    refuse(feature, line, cell) {
      const column = taken[feature]!;
      const type = column.kind === "category" ? "category" : featureType(column.feature);
      throw new TableError(path, `line ${line}: column "${column.name}" is a ${type}, not ${shownCell(cell)}`);
    },
  };
}
