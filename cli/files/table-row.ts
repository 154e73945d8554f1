/** A field of a file. CSV has only strings and nulls; the blueprint's types give them their meaning. */
export type TableValue = string | number | boolean | null;

/**
 * One row of a file, or one that could not be read, with its text.
 * `line` is the line of the file it begins on (CSV: the header is line 1), or the number of the row from 1 (Parquet).
 */
export type TableRow = PlainRow | UnreadRow;

/** A row's values, without those that no cell can hold. */
export interface PlainRow {
  readonly line: number;
  readonly values: Readonly<Record<string, TableValue>>;
  /** The form of each value that is no plain one, by column: `a list`. Absent for most rows. */
  readonly unfit?: ReadonlyMap<string, string>;
  /** The row as it was written; only beside `unfit`. */
  readonly text?: string;
}

export interface UnreadRow {
  readonly line: number;
  readonly problem: string;
  readonly text: string;
}
