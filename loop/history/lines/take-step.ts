import type { Line, LinesAhead } from "./timed-lines.ts";

export interface StepSize {
  /** Of all files together. */
  readonly lines: number;
  /** Of their cells, about. */
  readonly bytes: number;
}

export interface TakenLines {
  /** By file, in the order of the file. */
  readonly lines: ReadonlyMap<string, readonly Line[]>;
  /** Event time, ms: no line before it is left, and none behind it was taken. */
  readonly until: number;
}

/**
 * Takes the lines of several files in the order of their times, those before `end`. Lines of one time come in the order
 * of the files. A full step ends before its time is over, and then at one moment in all files: its records must not
 * wait for those of the next step, since a decision sees the events before it.
 */
export async function takeStep(
  files: ReadonlyMap<string, LinesAhead>,
  end: number,
  most: StepSize,
): Promise<TakenLines> {
  const sources = [...files].map(([file, ahead]) => ({ file, ahead, lines: [] as Line[] }));
  let [count, bytes] = [0, 0];
  let until = end;
  for (;;) {
    let least: Line | undefined;
    let from = sources[0];
    for (const source of sources) {
      const peeked = source.ahead.peek();
      const next = peeked instanceof Promise ? await peeked : peeked;
      if (next === undefined || (least !== undefined && next.time >= least.time)) continue;
      least = next;
      from = source;
    }
    if (least === undefined || least.time >= end) break;
    if (count > 0 && (count >= most.lines || bytes >= most.bytes)) {
      until = least.time;
      break;
    }
    from!.ahead.skip();
    from!.lines.push(least);
    count += 1;
    bytes += sizeOf(least);
  }
  return { lines: new Map(sources.map(({ file, lines }) => [file, lines])), until };
}

/** Of a cell that is no text. */
const CELL_BYTES = 16;

function sizeOf(line: Line): number {
  if ("problem" in line) return line.text.length + line.problem.length;
  // A look for each of many names would take longer.
  const cells = Object.values(line.cells);
  let bytes = CELL_BYTES * cells.length;
  for (const cell of cells) if (typeof cell === "string") bytes += cell.length;
  return bytes;
}
