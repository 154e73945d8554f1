import type { CompiledBlueprint } from "../../../blueprints/index.ts";
import type { ValidBlueprints } from "../../../catalogue/index.ts";
import { tableWriter, type TableColumn, type TableFormat } from "../../files/index.ts";

export interface ExportOptions {
  /** A path, or `-` for stdout. */
  readonly out: string;
  readonly format: TableFormat;
}

/** Decisions of a use case, or their rows, to write. */
export interface DecisionsExport extends ExportOptions {
  /** The version whose features are the columns. */
  readonly compiled: CompiledBlueprint;
  readonly known: ValidBlueprints;
  /** Decision times, ms: at or after `from`, before `to`. */
  readonly from: number;
  readonly to: number;
  /** Called while the records are taken in their order, of all that are sorted. */
  readonly onTaken: (taken: number, total: number) => void;
}

/**
 * Writes a table to a file. If that fails, nothing is left of the file.
 * @returns the number of rows.
 */
export async function exportTable<Row>(
  rows: AsyncIterable<Row>,
  {
    columns,
    cellsOf,
  }: { readonly columns: readonly TableColumn[]; cellsOf(row: Row): Readonly<Record<string, unknown>> },
  { out, format }: ExportOptions,
): Promise<number> {
  const writer = await tableWriter(out, format, columns);
  let written = 0;
  try {
    for await (const row of rows) {
      await writer.write(cellsOf(row));
      written++;
    }
    await writer.close();
  } catch (error) {
    await writer.abort();
    throw error;
  }
  return written;
}
