import type { CompiledBlueprint } from "../../blueprints/index.ts";
import type { ValidBlueprints } from "../../catalogue/index.ts";
import type { Tools } from "../../loop/index.ts";
import { LeftOutRows, openSpill, rowsInOrder, rowsTopic, type LeftOut } from "../../rows/index.ts";
import { streamsLimits } from "../../streams/index.ts";
import { rowTable, tableWriter, type TableFormat } from "../files/index.ts";

export interface RowsExport {
  /** The version whose columns the rows have. */
  readonly compiled: CompiledBlueprint;
  readonly known: ValidBlueprints;
  /** Absent: the use case's own. */
  readonly topic: string | undefined;
  /** A path, or `-` for stdout. */
  readonly out: string;
  readonly format: TableFormat;
  /** Decision times, ms: at or after `from`, before `to`. */
  readonly from: number;
  readonly to: number;
  /** Called with the number of written rows, every thousand. */
  readonly onProgress: (rows: number) => void;
}

/** Writes training rows to a file, in the order of their decisions. If that fails, nothing is left of the file. */
export async function exportRows(
  { backbone, serdes }: Pick<Tools, "backbone" | "serdes">,
  { compiled, known, topic, out, format, from, to, onProgress }: RowsExport,
): Promise<{ readonly written: number; readonly leftOut: readonly LeftOut[] }> {
  const { columns, cellsOf } = rowTable(compiled.blueprint, known);
  const writer = await tableWriter(out, format, columns);
  const leftOut = new LeftOutRows(compiled.blueprint, known);
  let written = 0;
  try {
    const rows = rowsInOrder(backbone, serdes, compiled, known, {
      ...{ topic: rowsTopic(compiled, topic), from, to, leftOut },
      ...{ bytes: streamsLimits.rowsHeldBytes, spill: openSpill },
    });
    for await (const row of rows) {
      await writer.write(cellsOf(row));
      if (++written % 1_000 === 0) onProgress(written);
    }
    await writer.close();
  } catch (error) {
    await writer.abort();
    throw error;
  }
  return { written, leftOut: leftOut.all() };
}
