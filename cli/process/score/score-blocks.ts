import type { BlockColumn, TableBlock } from "../../files/index.ts";
import { MOST_ROWS, type ModelColumns } from "./model-columns.ts";

/** For each prediction of a model one float32 a row. Rejects with the file, the line and the column of a value that is none. */
export async function scoreBlock(model: ModelColumns, block: TableBlock): Promise<readonly Float32Array[]> {
  const width = model.features.length;
  const predictions = model.names.map(() => new Float32Array(block.rows));
  const sources = model.features.map((name) => block.columns.get(name) ?? missing);
  for (let from = 0; from < block.rows; from += MOST_ROWS) {
    const rows = Math.min(MOST_ROWS, block.rows - from);
    const matrix = new Float32Array(rows * width);
    for (const [at, { data, read }] of sources.entries()) {
      const { of } = model.cells[at]!;
      for (let row = 0; row < rows; row++) {
        const cell = read(data[from + row]);
        matrix[row * width + at] = of(cell) ?? model.refuse(at, block.lineOf(from + row), cell);
      }
    }
    const scores = await model.predict(matrix, rows);
    for (const [at, scored] of scores.entries()) predictions[at]!.set(scored, from);
  }
  return predictions;
}

/** A column that only other lines have. */
const missing: BlockColumn = { data: [], read: () => null };
