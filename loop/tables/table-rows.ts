import type { AnyUseCase, TableKey, TableName, TableValues, UseCases } from "../../client/index.ts";
import type { ValidBlueprints } from "../../catalogue/index.ts";
import { tableContent } from "../../operators/index.ts";
import type { BytesView } from "../../streams/index.ts";
import type { Place } from "../start.ts";
import { declaredTable, readKey } from "./declared-table.ts";
import { getRow, rowIn, type FoundRow } from "./get-row.ts";
import { putRow, type PutRow, type RowToPut } from "./put-row.ts";

/** A row of a table that one of the use cases reads. */
export interface TypedRow<T extends UseCases<T>, Table extends string> extends Pick<RowToPut, "validFrom"> {
  readonly table: Table;
  /** The parts of its key. */
  readonly key: TableKey<T, Table>;
  /** All fields of the row. Null: the row is deleted. */
  readonly values: TableValues<T, Table> | null;
}

/** The rows of reference tables, for a product that runs the loop or talks to it. */
export interface TableRows<T extends UseCases<T> = AnyUseCase> {
  /** Resolves once the version is stored. Rejects as `putRow` does. */
  put<Table extends TableName<T>>(row: TypedRow<T, Table>): Promise<PutRow>;
  /**
   * The row that a decision at a time sees: one made in this process now, if the loop runs here; elsewhere the topic is
   * read. Rejects as `getRow` does.
   */
  get<Table extends TableName<T>>(table: Table, key: TableKey<T, Table>, asOf?: number): Promise<FoundRow>;
}

/** @param published the blueprints of the place. */
export const tableRowsOf = (
  place: () => Place | Promise<Place>,
  published: () => Promise<ValidBlueprints>,
): TableRows => ({
  async put(row) {
    const at = await place();
    return putRow(at.tools, row, { published: await published(), rows: readIn(at, row.table) });
  },
  async get(table, given, asOf) {
    const at = await place();
    const rows = readIn(at, table);
    if (rows === undefined) return getRow(at.tools, table, given, asOf ?? Date.now());
    const key = readKey(declaredTable(await published(), table), given);
    return rowIn(rows, { table, key }, asOf ?? at.loop!.application.now());
  },
});

/** `undefined`: the loop runs elsewhere, or a table that was declared a moment ago is being read still. */
function readIn({ loop }: Place, table: string): BytesView | undefined {
  const rows = loop?.application.global(tableContent);
  return rows === undefined || rows.warming.has(table) ? undefined : rows;
}
