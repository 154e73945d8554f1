import { featureType, type Blueprint, type FeatureColumn } from "../../../blueprints/index.ts";
import { encodeFeatures, inputColumns, labelOutputs, modelCategories, type Scorer } from "../../../serving/index.ts";
import { TableError, type BlockColumn, type TableBlock } from "../../files/index.ts";
import { featureCell } from "./feature-cell.ts";

/** Rows that are predicted at once: their features stay small beside a row group. */
const MOST_ROWS = 4_096;

/** Predicts blocks of a table. */
export interface BlockScorer {
  /** The labels, and heads, that are predicted. */
  readonly names: readonly string[];
  /** The features that a table must have as columns. */
  readonly features: readonly string[];
  /** For each of `names` one float32 a row. Rejects with the file, the line and the column of a value that is none. */
  score(block: TableBlock): Promise<readonly Float32Array[]>;
}

/**
 * A model over the columns of a table, encoded as at a decision.
 *
 * @param path of the table, for errors
 * @throws DomainError `BAD_MODEL` when the model does not fit the layout
 */
export function blockScorer(
  scorer: Scorer,
  { blueprint, layout }: { readonly blueprint: Blueprint; readonly layout: readonly FeatureColumn[] },
  path: string,
): BlockScorer {
  const taken = inputColumns(scorer, layout);
  const named = labelOutputs(scorer, blueprint);
  const categories = modelCategories(scorer);
  const slots = taken.map((column, at) => {
    const encode = encodeFeatures([{ ...column, index: 0 }], categories);
    const vector: (number | string | null)[] = [null];
    const cellOf = featureCell(column);
    return (
      source: BlockColumn,
      line: (row: number) => number,
      from: number,
      rows: number,
      out: Float32Array,
    ): void => {
      const { data, read } = source;
      for (let row = 0, offset = at; row < rows; row++, offset += taken.length) {
        const value = cellOf(read(data[from + row]));
        if (value === undefined) {
          const shown = JSON.stringify(read(data[from + row]) ?? "bytes");
          throw new TableError(
            path,
            `line ${line(from + row)}: column "${column.name}" is a ${column.kind === "category" ? "category" : featureType(column.feature)}, not ${shown}`,
          );
        }
        vector[0] = value;
        encode(vector, out, offset);
      }
    };
  });
  return {
    names: named.map(({ label }) => label),
    features: taken.map(({ name }) => name),
    async score(block) {
      const predictions = named.map(() => new Float32Array(block.rows));
      const sources = taken.map(({ name }) => block.columns.get(name) ?? missing);
      for (let from = 0; from < block.rows; from += MOST_ROWS) {
        const rows = Math.min(MOST_ROWS, block.rows - from);
        const matrix = new Float32Array(rows * taken.length);
        for (const [at, write] of slots.entries()) write(sources[at]!, block.lineOf, from, rows, matrix);
        const outputs = await scorer.score(matrix, rows);
        for (const [at, { output }] of named.entries()) predictions[at]!.set(outputs[output]!, from);
      }
      return predictions;
    },
  };
}

/** A column that only other lines have. */
const missing: BlockColumn = { data: [], read: () => null };
