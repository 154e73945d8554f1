import { chunkOf, copyParquet, NumberColumn, openParquet, tableError, TableError } from "../../files/index.ts";
import { CodedError } from "../../../streams/index.ts";
import { MOST_ROWS, type ModelColumns } from "./model-columns.ts";

/**
 * Writes a Parquet file again with columns of predictions: its own columns are copied as they lie, and those that the model takes are read as
 * numbers beside that. If it fails, nothing is left of the file.
 *
 * @param predictions the names of the columns that are added
 * @returns the number of rows
 */
export async function scoreParquet(
  path: string,
  model: ModelColumns,
  predictions: readonly string[],
  { out, onWritten }: { readonly out: string; readonly onWritten: (rows: number) => void },
): Promise<number> {
  const width = model.features.length;
  const file = await openParquet(path).catch((error: unknown) => {
    throw tableError(path, error);
  });
  try {
    const copy = await copyParquet(out, file, predictions);
    try {
      let done = 0;
      for (const group of file.metadata.row_groups) {
        const rows = Number(group.num_rows);
        if (rows === 0) continue;
        const before = done;
        const columns = model.features.map((name, at) => {
          const column = file.columns.find(({ element }) => element.name === name)!;
          const source = { column, chunk: chunkOf(group, name) };
          return new NumberColumn(file, source, model.cells[at]!, (row, cell) =>
            model.refuse(at, before + row + 1, cell),
          );
        });
        const scores = predictions.map(() => new Float32Array(rows));
        for (let from = 0; from < rows; from += MOST_ROWS) {
          const count = Math.min(MOST_ROWS, rows - from);
          const matrix = new Float32Array(count * width);
          for (const [at, column] of columns.entries()) {
            await column.fill(matrix, at, width, count).catch((error: unknown) => {
              if (error instanceof CodedError) throw error;
              throw damaged(path, model.features[at]!, { from: before + 1, to: before + rows }, error);
            });
          }
          const scored = await model.predict(matrix, count);
          for (const [at, some] of scored.entries()) scores[at]!.set(some, from);
          if (from % (MOST_ROWS * 8) === 0) onWritten(done + from);
        }
        await copy.write(group, scores);
        onWritten((done += rows));
      }
      await copy.close();
      return done;
    } catch (error) {
      await copy.abort();
      throw error instanceof CodedError && error.code !== "BAD_FILE" ? error : tableError(path, error);
    }
  } finally {
    await file.handle.close();
  }
}

/** Bytes that are no pages of a column: what the library says of them helps nobody alone. */
function damaged(
  path: string,
  column: string,
  { from, to }: { readonly from: number; readonly to: number },
  cause: unknown,
): TableError {
  const found = cause instanceof Error ? cause.message : String(cause);
  return new TableError(
    path,
    `column "${column}" is damaged in lines ${from} to ${to} (${found}). Copy or download the file again.`,
    cause,
  );
}
