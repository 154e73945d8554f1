export { getRow, type FoundRow } from "./get-row.ts";
export { importRows, type ImportedRows, type RowImport } from "./import-rows.ts";
export { listTables, type ListedTable } from "./list-tables.ts";
export { putRow, type PutRow, type RowToPut } from "./put-row.ts";
export { tableRowsOf, type TableRows, type TypedRow } from "./table-rows.ts";
