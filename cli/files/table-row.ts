/**
 * A row of a file is a row of history. `line` is the line of the file it begins on (CSV: the header is line 1), or the
 * number of the row from 1 (Parquet). CSV has only strings and nulls; the blueprint's types give them their meaning.
 */
export type { HistoryCell as TableValue, HistoryRow as TableRow, ReadRow as PlainRow } from "../../loop/index.ts";
