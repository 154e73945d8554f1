import type { Tools } from "../../../loop/index.ts";
import { decisionsInOrder, openSpill } from "../../../rows/index.ts";
import { streamsLimits } from "../../../streams/index.ts";
import { decisionTable, type LackingVersion } from "../../files/index.ts";
import { exportTable, type DecisionsExport } from "./export-table.ts";

/** Writes the decisions of a use case to a file, in their order. */
export async function exportDecisions(
  { backbone, serdes }: Pick<Tools, "backbone" | "serdes">,
  { compiled, known, from, to, onTaken, ...options }: DecisionsExport,
): Promise<{ readonly written: number; readonly lacking: readonly LackingVersion[] }> {
  const made = decisionsInOrder(backbone, serdes, compiled.blueprint.useCase, {
    ...{ from, to, bytes: streamsLimits.rowsHeldBytes, spill: openSpill, onTaken },
  });
  const table = decisionTable(compiled.blueprint, known);
  return { written: await exportTable(made, table, options), lacking: table.lacking() };
}
