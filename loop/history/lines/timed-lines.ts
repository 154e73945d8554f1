import { misfitText } from "../../../blueprints/index.ts";
import { readTimeCell, type TimeReading } from "../times/time-cell.ts";
import type { HistoryCell, HistoryRow, ReadRow } from "../history-table.ts";
import { setOwn } from "../../../streams/index.ts";
import { nameOf, type Cells } from "./records.ts";

/** A file to read, and the cells that each of its lines must have. */
export interface LineSource {
  readonly file: string;
  /** Its lines from the first, many at a time. @param wanted of other columns, plain values may be left out. */
  readonly runs: (wanted?: ReadonlySet<string>) => AsyncIterable<readonly HistoryRow[]>;
  /** Column of the decision id; absent: lines of no decision. */
  readonly id?: string;
  /** Column of the time. */
  readonly time: string;
  /**
   * Columns that must hold plain values: a line without one is bad. From other columns a value that is no plain one is
   * left out. Default: the columns of the id and the time.
   */
  readonly wanted?: ReadonlySet<string> | undefined;
  /** Columns that may hold lists: a list of plain values is the text of its JSON array. Absent: none; `all`: each. */
  readonly lists?: ReadonlySet<string> | "all" | undefined;
  /** Column that may hold a list of objects: the text of its JSON array. Absent: none. */
  readonly objects?: string | undefined;
  /** The name of a column in messages. */
  readonly keyOf?: ((column: string) => string) | undefined;
  /** Event time, ms: nothing may be later. */
  readonly latest: number;
  /** The unit or zone of times that don't tell it. */
  readonly times?: TimeReading | undefined;
}

/** A line that can be used. */
export interface TimedLine {
  readonly line: number;
  /** The decision's; empty if the line has none. */
  readonly id: string;
  /** Event time, ms. */
  readonly time: number;
  readonly cells: Cells;
  /** Columns left out because their values are no plain ones, with the form of the values. */
  readonly unfit?: ReadonlyMap<string, string>;
  /** What the line says for another table. */
  readonly beside?: HistoryCell;
}

/** A line that can't, with the time of the line before it. */
export interface BadTimedLine {
  readonly line: number;
  readonly time: number;
  readonly problem: string;
  readonly text: string;
  /** Absent if the line could not be cut into cells. */
  readonly cells?: Cells;
  /** The column that is at fault. */
  readonly column?: string;
  readonly beside?: HistoryCell;
}

/** Before any line that has a time: it can be written as JSON, and no event is so old. */
export const NO_TIME = -8_640_000_000_000_000;

export type Line = TimedLine | BadTimedLine;

/**
 * The lines of a file in their order, with their times, many at a time.
 * @param wanted of other columns, plain values may be left out; absent: all are wanted
 */
export async function* timedLines(
  source: LineSource,
  wanted?: ReadonlySet<string>,
): AsyncGenerator<readonly Line[], void> {
  let last = NO_TIME;
  for await (const run of source.runs(wanted)) {
    yield run.map((row) => {
      const line = timedLine(row, source, last);
      last = line.time;
      return line;
    });
  }
}

/** @param last the time of the line before it */
function timedLine(row: HistoryRow, source: LineSource, last: number): Line {
  const { line } = row;
  if ("problem" in row) return { line, time: last, problem: row.problem, text: row.text };
  const { cells, unfit } = withLists(row, source);
  const named = (unfit && unfitWanted(unfit, source)) ?? whatAndWhen(cells, source);
  if ("problem" in named) return { line, time: last, ...named, text: row.text ?? JSON.stringify(cells), cells };
  const { beside } = row;
  const { id, time } = named;
  if (unfit === undefined && beside === undefined) return { line, id, time, cells };
  return { line, id, time, cells, ...(unfit && { unfit }), ...(beside !== undefined && { beside }) };
}

/** The cells of a line with those of its lists, and what is left of the values that are no plain ones. */
function withLists(
  { values, unfit, lists, objects }: ReadRow,
  { lists: taken, objects: column }: LineSource,
): { readonly cells: Cells; readonly unfit: ReadonlyMap<string, string> | undefined } {
  const text = column === undefined ? undefined : (objects?.get(column) ?? lists?.get(column));
  if (text === undefined && (lists === undefined || taken === undefined)) return { cells: values, unfit };
  const cells = { ...values };
  const left = new Map(unfit);
  const take = (name: string, list: string): void => {
    setOwn(cells, name, list);
    left.delete(name);
  };
  if (text !== undefined) take(column!, text);
  for (const [name, list] of lists ?? []) if (taken === "all" || taken?.has(name) === true) take(name, list);
  return { cells, unfit: left.size === 0 ? undefined : left };
}

function unfitWanted(
  unfit: ReadonlyMap<string, string>,
  { id, time, wanted, lists, keyOf = itself }: LineSource,
): { readonly column: string; readonly problem: string } | undefined {
  for (const [column, held] of unfit) {
    if (column !== id && column !== time && wanted?.has(column) !== true) continue;
    const isList = held === "a list" && lists !== undefined && lists !== "all" && lists.has(column);
    const problem = isList
      ? "holds a list with an item that is a list, an object or half a character"
      : `holds ${held}, and no plain value`;
    return { column, problem: `${keyOf(column)} ${problem}` };
  }
  return undefined;
}

/** The id and time of a line, or the fault of a cell that every line must have. */
function whatAndWhen(
  cells: Cells,
  source: LineSource,
): { readonly column: string; readonly problem: string } | Pick<TimedLine, "id" | "time"> {
  const { id: idColumn, time: timeColumn, latest, times, keyOf = itself } = source;
  for (const name of idColumn === undefined ? [timeColumn] : [idColumn, timeColumn]) {
    if (!Object.hasOwn(cells, name)) {
      return {
        column: name,
        problem: `there is no column ${keyOf(name)}: name the right one with --decision-id, --time, --observation-time or --unit`,
      };
    }
    if (cells[name] === null || cells[name] === "") return { column: name, problem: `${keyOf(name)} is empty` };
  }
  const id = idColumn === undefined ? "" : (nameOf(cells[idColumn]!) ?? undefined);
  if (id === undefined) {
    return { column: idColumn!, problem: `${keyOf(idColumn!)} ${misfitText("key", cells[idColumn!])}` };
  }
  const time = readTimeCell(cells[timeColumn]!, times);
  const wrong =
    typeof time === "string"
      ? time
      : time > latest
        ? `"${cells[timeColumn]!}" lies ahead: history is what has happened`
        : null;
  if (wrong !== null) return { column: timeColumn, problem: `${keyOf(timeColumn)} ${wrong}` };
  return { id, time: time as number };
}

const itself = (column: string): string => column;

/** Lines of which the next can be looked at before it is taken. */
export class LinesAhead {
  readonly #runs: AsyncGenerator<readonly Line[], void>;
  #run: readonly Line[] = [];
  #at = 0;
  #isOver = false;

  constructor(runs: AsyncGenerator<readonly Line[], void>) {
    this.#runs = runs;
  }

  /** The next one; `undefined` at the end. A promise only if the file has to be read on. */
  peek(): Line | undefined | Promise<Line | undefined> {
    return this.#run[this.#at] ?? (this.#isOver ? undefined : this.#read());
  }

  async #read(): Promise<Line | undefined> {
    do {
      const { done, value } = await this.#runs.next();
      this.#isOver = done === true;
      [this.#run, this.#at] = [value ?? [], 0];
    } while (this.#run.length === 0 && !this.#isOver);
    return this.#run[0];
  }

  skip(): void {
    this.#at += 1;
  }

  async close(): Promise<void> {
    await this.#runs.return();
  }
}
