import { LeftOutColumns, type LeftOutColumn } from "./left-out/left-out-columns.ts";
import type { Cells } from "./lines/records.ts";
import { timedLines, type Line, type LineSource } from "./lines/timed-lines.ts";

/** The first place at which a file leaves the order of its times. */
export interface Disorder {
  readonly line: number;
  readonly time: number;
  /** The line before it, which is later. */
  readonly after: { readonly line: number; readonly time: number };
}

/** The facts of a file before anything of it is published. */
export interface Survey {
  readonly file: string;
  /** Lines that have a time. */
  readonly lines: number;
  readonly badLines: number;
  /** Event times of the earliest and the latest line, ms; null without one. */
  readonly from: number | null;
  readonly to: number | null;
  readonly disorder: Disorder | undefined;
  /** Columns whose values are left out of lines that can be used, with the form of the values. */
  readonly unfit: readonly LeftOutColumn[];
}

/**
 * Reads a table through once. Throws the table's error if it can't be read to its end.
 * @param onCells called with the cells of each line that has a time; absent: no more than ids and times are read
 * @param onEach called with each line
 */
export async function survey(
  source: LineSource,
  onLine?: (lines: number) => void,
  onCells?: (cells: Cells) => void,
  onEach?: (one: Line) => void,
): Promise<Survey> {
  let [lines, badLines] = [0, 0];
  let [from, to] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  let before: Disorder["after"] | undefined;
  let disorder: Disorder | undefined;
  const unfit = new LeftOutColumns();
  const wanted =
    onCells === undefined ? new Set([source.time, ...(source.id === undefined ? [] : [source.id])]) : undefined;
  for await (const run of timedLines(source, wanted)) {
    for (const one of run) {
      onEach?.(one);
      if ("problem" in one) {
        badLines += 1;
        continue;
      }
      lines += 1;
      onCells?.(one.cells);
      if (one.unfit !== undefined) for (const [column, held] of one.unfit) unfit.add(column, `holds ${held}`);
      const { line, time } = one;
      if (disorder === undefined && before !== undefined && time < before.time)
        disorder = { line, time, after: before };
      if (time < from) from = time;
      if (time > to) to = time;
      before = { line, time };
      if (lines % 10_000 === 0) onLine?.(lines);
    }
  }
  const some = lines > 0;
  return {
    file: source.file,
    lines,
    badLines,
    from: some ? from : null,
    to: some ? to : null,
    disorder,
    unfit: unfit.all,
  };
}

export function disorderText({ file, disorder }: Survey): string {
  const { line, time, after } = disorder!;
  const [here, there] = [time, after.time].map((at) => new Date(at).toISOString());
  return (
    `${file}:${line} is out of order: ${here} comes after ${there} of line ${after.line}. ` +
    "Nothing was published. Sort the file by time, or let the import do it: --sort"
  );
}
