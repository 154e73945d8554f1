import type { Tools } from "../../../loop/index.ts";
import { LeftOutRows, openSpill, rowsInOrder, rowsTopic, type LeftOut } from "../../../rows/index.ts";
import { streamsLimits } from "../../../streams/index.ts";
import { rowTable } from "../../files/index.ts";
import { exportTable, type DecisionsExport } from "./export-table.ts";

export interface RowsExport extends DecisionsExport {
  /** Absent: the use case's own. */
  readonly topic: string | undefined;
  /** Only rows that were known by this time, ms; absent: all. */
  readonly asOf?: number | undefined;
}

/** Writes training rows to a file, in the order of their decisions. If that fails, nothing is left of the file. */
export async function exportRows(
  { backbone, serdes }: Pick<Tools, "backbone" | "serdes">,
  { compiled, known, topic, from, to, asOf, onTaken, ...options }: RowsExport,
): Promise<{ readonly written: number; readonly leftOut: readonly LeftOut[] }> {
  const leftOut = new LeftOutRows(compiled.blueprint, known);
  const rows = rowsInOrder(backbone, serdes, compiled, known, {
    ...{ topic: rowsTopic(compiled, topic), from, to, asOf, leftOut },
    ...{ bytes: streamsLimits.rowsHeldBytes, spill: openSpill, onTaken },
  });
  const written = await exportTable(rows, rowTable(compiled.blueprint, known), options);
  return { written, leftOut: leftOut.all() };
}
