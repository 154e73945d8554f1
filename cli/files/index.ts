export { fileTable, fileTables } from "./file-tables.ts";
export { readTable } from "./read-table.ts";
export { rowTable, type RowTable } from "./row-table.ts";
export type { TableColumn, ColumnType } from "./table-column.ts";
export { tableError, TableError } from "./table-error.ts";
export { formatOf, knownSuffixes, type TableFormat } from "./table-format.ts";
export { tableHead, type TableHead } from "./table-head.ts";
export type { TableRow, TableValue } from "./table-row.ts";
export { tableWriter, type TableWriter } from "./write-table.ts";
