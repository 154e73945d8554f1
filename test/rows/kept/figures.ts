import { createHash } from "node:crypto";
import type { CompiledBlueprint } from "../../../blueprints/index.ts";
import { rowColumns, type RowsRead } from "../../../rows/index.ts";

export const PARTITIONS = 2;
/** Records of a chunk. */
export const CHUNK = 400;

/** Everything that a reading says, with a hash of every value of every row. */
export function figuresOf(compiled: CompiledBlueprint, { rows, ...said }: RowsRead): Record<string, unknown> {
  const hash = createHash("sha256");
  const columns = rowColumns(compiled.blueprint);
  for (const row of rows) {
    for (const name of columns) {
      const value = row[name];
      hash.update(`${typeof value} ${Object.is(value, -0) ? "-0" : String(value)}\0`);
    }
  }
  return { ...said, rows: rows.length, sha256: hash.digest("hex") };
}
