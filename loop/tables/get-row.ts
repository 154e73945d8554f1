import { versionAsOf, versionsOf, rowKey, type RowValues } from "../../blueprints/index.ts";
import { readTableRows, stateKey, type RowBytes } from "../../operators/index.ts";
import type { TopicTools } from "../../streams/index.ts";
import { findTable, readKey } from "./declared-table.ts";

/** A row as a decision at a time sees it. */
export interface FoundRow {
  readonly table: string;
  readonly key: readonly string[];
  /** Null: there is no row, or it was deleted. */
  readonly values: RowValues | null;
  /** Since when this version is valid, ms; null: there is no version. */
  readonly validFrom: number | null;
  /** Times of all versions, ms, the newest first; of the future too. */
  readonly versions: readonly number[];
}

/**
 * The row that a decision at a time sees. Reads the whole topic of rows. Throws `UNDECLARED` and `BAD_ROW`.
 *
 * @param asOf ms
 */
export async function getRow(
  tools: Pick<TopicTools, "backbone" | "serdes">,
  name: string,
  given: readonly unknown[],
  asOf: number,
): Promise<FoundRow> {
  const { table, blueprints } = await findTable(tools, name);
  const key = readKey(table, given);
  return rowIn(await readTableRows(tools, blueprints, new Set([name])), { table: name, key }, asOf);
}

/** A row of those that were read. */
export function rowIn(
  rows: RowBytes,
  { table, key }: { readonly table: string; readonly key: readonly string[] },
  asOf: number,
): FoundRow {
  const row = rows.get(stateKey(table, rowKey(key)));
  const version = row === undefined ? undefined : versionAsOf(row, asOf);
  const all = row === undefined ? [] : [...versionsOf(row)].filter(({ values }) => values !== undefined);
  return {
    ...{ table, key },
    values: version?.values ?? null,
    validFrom: version?.validFrom ?? null,
    versions: all.map(({ validFrom }) => validFrom),
  };
}
