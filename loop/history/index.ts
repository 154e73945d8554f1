export { Feed, REPLY_PARTITION_OF_FEED } from "./feed.ts";
export { HistoryError } from "./history-error.ts";
export type {
  HistoryCell,
  HistoryFiles,
  HistoryHead,
  HistoryRow,
  HistoryTable,
  HistoryTables,
  ReadRow,
} from "./history-table.ts";
export type { ChangedPolicy } from "./again/look-for-changes.ts";
export { columnDefaults, type ColumnNames } from "./columns/columns.ts";
export type { LineCounts } from "./import-feed.ts";
export { importHistory, type ImportResult } from "./import-history.ts";
export type { ImportOptions } from "./import-options.ts";
export { recordsOf, type HistoryStep } from "./lines/history-step.ts";
export { readHistory, type ReadOptions } from "./lines/read-history.ts";
export type { HistoryColumns } from "./lines/records.ts";
export type { Survey } from "./survey.ts";
export { timeUnits } from "./times/epoch-time.ts";
export { readTimeCell, type TimeReading } from "./times/time-cell.ts";
export { timeZone } from "./times/time-zone.ts";
