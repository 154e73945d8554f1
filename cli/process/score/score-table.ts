import type { CompiledBlueprint } from "../../../blueprints/index.ts";
import type { Scorer } from "../../../serving/index.ts";
import { formatOf, TableError, tableWriter, type TableBlock, type TableColumn } from "../../files/index.ts";
import { keptColumn } from "./kept-column.ts";
import { modelColumns } from "./model-columns.ts";
import { scoreBlock } from "./score-blocks.ts";
import { scoreParquet } from "./score-parquet.ts";

/** A table to score. */
export interface ScoredTable {
  /** For errors. */
  readonly path: string;
  readonly columns: readonly TableColumn[];
  readonly blocks: AsyncIterable<TableBlock>;
  /** `path` is a Parquet file: its columns can be copied as they lie. Absent: no. */
  readonly parquet?: boolean;
}

export interface ScoreOptions {
  readonly scorer: Scorer;
  readonly compiled: CompiledBlueprint;
  readonly out: string;
  /** Called after each block, with the rows that are written. */
  readonly onWritten: (rows: number) => void;
}

/**
 * Writes a table with a column more for each label. If that fails, nothing is left of the file.
 *
 * @returns the number of rows, and the names of the columns with predictions
 */
export async function scoreTable(
  { path, columns, blocks, parquet = false }: ScoredTable,
  { scorer, compiled, out, onWritten }: ScoreOptions,
): Promise<{ readonly rows: number; readonly predictions: readonly string[] }> {
  const model = modelColumns(scorer, compiled, path);
  const there = new Set(columns.map(({ name }) => name));
  const lacking = model.features.filter((name) => !there.has(name));
  if (lacking.length > 0) {
    throw new TableError(
      path,
      `has no column ${lacking.map((name) => `"${name}"`).join(", ")}, which the model takes. Rows of the use case have it (loopstream rows).`,
    );
  }
  const predictions = model.names.map((name) => (there.has(name) ? `predicted_${name}` : name));
  const { format } = formatOf(out);
  if (parquet && format === "parquet")
    return { rows: await scoreParquet(path, model, predictions, { out, onWritten }), predictions };
  const all = [...columns, ...predictions.map((name): TableColumn => ({ name, type: "double" }))];
  const writer = await tableWriter(out, format, all);
  let rows = 0;
  try {
    for await (const block of blocks) {
      const scores = await scoreBlock(model, block);
      const kept = columns.map((column) => {
        const stored = block.columns.get(column.name);
        return stored === undefined ? [] : keptColumn(path, block, stored, column);
      });
      await writer.writeColumns([...kept, ...scores], block.rows);
      onWritten((rows += block.rows));
    }
    await writer.close();
  } catch (error) {
    await writer.abort();
    throw error;
  }
  return { rows, predictions };
}

/** A line for people. */
export const scoredText = ({
  rows,
  predictions,
  modelId,
  file,
}: {
  readonly rows: number;
  readonly predictions: readonly string[];
  readonly modelId: string;
  readonly file: string;
}): string => `${rows} rows in ${file}, predictions of model ${modelId} in ${predictions.join(", ")}`;
