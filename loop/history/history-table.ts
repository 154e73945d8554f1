/** A cell of history. Text may be read as another type, which the blueprint tells. */
export type HistoryCell = string | number | boolean | null;

/** A line that could be read, or one that could not. */
export type HistoryRow = ReadRow | UnreadRow;

/** A line's values, without those that no cell can hold. */
export interface ReadRow {
  /** Its number, from 1. */
  readonly line: number;
  readonly values: Readonly<Record<string, HistoryCell>>;
  /** The form of each value that is no plain one, by column: `a list`. */
  readonly unfit?: ReadonlyMap<string, string>;
  /** Of these the lists of plain values, as JSON: for a column that is declared as a list or a vector. */
  readonly lists?: ReadonlyMap<string, string>;
  /** Of these all other lists, as JSON: for the column of a decision's options. */
  readonly objects?: ReadonlyMap<string, string>;
  /** The line has it for another table too, which is read beside this one: a reward. Two lines that differ in it differ. */
  readonly beside?: HistoryCell | undefined;
  /** The line as it was written; only beside `unfit`. */
  readonly text?: string;
}

export interface UnreadRow {
  readonly line: number;
  readonly problem: string;
  readonly text: string;
}

/** The columns of a table, before any of its lines is used. */
export interface HistoryHead {
  readonly columns: readonly string[];
  /** Later lines may have other columns: these are those of the first lines. */
  readonly open: boolean;
  /**
   * Columns whose values are no plain ones, as far as is known yet, with the form of the values. Lines come without
   * them.
   */
  readonly noValues?: ReadonlyMap<string, string> | undefined;
}

/** Lines of history: those of a file, of a query, of an array. */
export interface HistoryTable {
  /** Names it in messages and dead letters: a file's path. */
  readonly name: string;
  head(): Promise<HistoryHead>;
  /** All lines from the first, each time in the same order: an import reads them several times. */
  lines(): AsyncIterable<HistoryRow>;
  /**
   * The same lines, many at a time: a promise a line costs as much as its cells. Absent: `lines` is read.
   * @param wanted of other columns, values that can only be plain ones may be left out; absent: all are wanted
   */
  readonly runs?: (wanted?: ReadonlySet<string>) => AsyncIterable<readonly HistoryRow[]>;
  /** The name that a file has for a column, in messages. Absent: the column's own. */
  readonly keyOf?: (column: string) => string;
  /** Of observations: each of its lines is, by its number, that of the decision that was observed. */
  readonly ofDecisions?: true;
}

export interface HistoryTables {
  /** One decision a line. */
  readonly decisions?: HistoryTable | undefined;
  /** One observation a line. */
  readonly observations?: HistoryTable | undefined;
  /** One event of no decision a line. */
  readonly events?: HistoryTable | undefined;
}

/** The lines of a table, many at a time if it has them so. */
export const runsOf = (table: HistoryTable, wanted?: ReadonlySet<string>): AsyncIterable<readonly HistoryRow[]> =>
  table.runs?.(wanted) ?? oneByOne(table.lines());

async function* oneByOne(rows: AsyncIterable<HistoryRow>): AsyncGenerator<readonly HistoryRow[]> {
  for await (const row of rows) yield [row];
}

/** The names of the tables. */
export interface HistoryFiles {
  readonly decisions?: string | undefined;
  readonly observations?: string | undefined;
  readonly events?: string | undefined;
}

export const namesOf = ({ decisions, observations, events }: HistoryTables): HistoryFiles => ({
  ...{ decisions: decisions?.name, observations: observations?.name, events: events?.name },
});

/** Those that there are. */
export const given = ({ decisions, observations, events }: HistoryTables): readonly HistoryTable[] =>
  [decisions, observations, events].filter((table) => table !== undefined);
