import { mkdtemp, open, rm, type FileHandle } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DomainError } from "../../../schemas/index.ts";
import { HistoryError } from "../history-error.ts";
import type { Line } from "./timed-lines.ts";

export interface SortOptions {
  /** For messages. */
  readonly file: string;
  /** Lines of about so many bytes are in memory at once; the rest goes through temporary files. */
  readonly memoryBytes: number;
  /** So many temporary files may be open: each has `memoryBytes` of lines. */
  readonly runs: number;
}

export const sortDefaults = Object.freeze({ memoryBytes: 128 << 20, runs: 256 });

/** Lines by their times, those of one time in the order of the file: a merge of sorted runs, which have files of no name. */
export async function* sortedLines(lines: AsyncIterable<Line>, options: SortOptions): AsyncGenerator<Line> {
  const runs: FileHandle[] = [];
  let held: Line[] = [];
  let bytes = 0;
  try {
    for await (const one of lines) {
      held.push(one);
      bytes += sizeOf(one);
      if (bytes < options.memoryBytes) continue;
      if (runs.length === options.runs) throw tooMuch(options);
      runs.push(await spill(held, options.file));
      held = [];
      bytes = 0;
    }
    held.sort(inOrder);
    if (runs.length === 0) return yield* held;
    yield* merged([...runs.map(readRun), fromMemory(held)]);
  } finally {
    for (const run of runs) await run.close().catch(() => undefined);
  }
}

const inOrder = (a: Line, b: Line): number => a.time - b.time || a.line - b.line;

const EACH_BYTES = 200;
const CELL_BYTES = 40;

/** In memory, about. */
function sizeOf(one: Line): number {
  if ("problem" in one) return EACH_BYTES + 2 * (one.text.length + one.problem.length);
  let bytes = EACH_BYTES;
  for (const name in one.cells) {
    const cell = one.cells[name];
    bytes += typeof cell === "string" ? CELL_BYTES + 2 * cell.length : CELL_BYTES;
  }
  return bytes;
}

function tooMuch({ file, memoryBytes, runs }: SortOptions): HistoryError {
  const gib = Math.floor((memoryBytes * runs) / (1 << 30));
  return new HistoryError(
    `${file}: is more than --sort takes (${gib} GiB of lines in memory). Sort it by time before.`,
  );
}

/**
 * A sorted run on the disk. Its file has no name from the beginning, if the system allows that, so nothing is left of
 * it.
 */
async function spill(held: Line[], file: string): Promise<FileHandle> {
  const folder = await mkdtemp(join(tmpdir(), "loopstream-sort-"));
  try {
    const run = await open(join(folder, "run"), "wx+", 0o600);
    if (process.platform !== "win32") await rm(folder, { recursive: true });
    held.sort(inOrder);
    let text = "";
    for (const one of held) {
      text += `${JSON.stringify(one, finite)}\n`;
      if (text.length < 1 << 20) continue;
      await run.appendFile(text);
      text = "";
    }
    await run.appendFile(text);
    return run;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const at = `${folder} (for sorting ${file})`;
    if (code !== "ENOSPC" && code !== "EDQUOT") throw new HistoryError(`${at}: ${message}`, error);
    throw new DomainError("NO_ROOM", `${at}: the disk is full. Free some space and run it again.`, error);
  }
}

/** JSON has no infinity: as a text it is no number either. */
const finite = (_name: string, value: unknown): unknown =>
  typeof value === "number" && !Number.isFinite(value) ? String(value) : value;

async function* readRun(run: FileHandle): AsyncGenerator<Line> {
  let rest = "";
  const pieces = run.createReadStream({ start: 0, autoClose: false, encoding: "utf8", highWaterMark: 1 << 18 });
  for await (const piece of pieces) {
    const texts = (rest + String(piece)).split("\n");
    rest = texts.pop()!;
    for (const text of texts) yield JSON.parse(text) as Line;
  }
}

async function* fromMemory(held: readonly Line[]): AsyncGenerator<Line> {
  yield* held;
}

interface Head {
  readonly one: Line;
  readonly rest: AsyncGenerator<Line>;
}

/** Always the least of the heads, which are a heap. */
async function* merged(runs: readonly AsyncGenerator<Line>[]): AsyncGenerator<Line> {
  const heap: Head[] = [];
  for (const rest of runs) {
    const { done, value } = await rest.next();
    if (done !== true) heap.push({ one: value, rest });
  }
  for (let at = (heap.length >> 1) - 1; at >= 0; at -= 1) sink(heap, at);
  while (heap.length > 0) {
    const { one, rest } = heap[0]!;
    yield one;
    const { done, value } = await rest.next();
    if (done !== true) heap[0] = { one: value, rest };
    else {
      const last = heap.pop()!;
      if (heap.length === 0) return;
      heap[0] = last;
    }
    sink(heap, 0);
  }
}

function sink(heap: Head[], from: number): void {
  const head = heap[from]!;
  let at = from;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && inOrder(heap[child + 1]!.one, heap[child]!.one) < 0) child += 1;
    if (inOrder(heap[child]!.one, head.one) >= 0) break;
    heap[at] = heap[child]!;
    at = child;
  }
  heap[at] = head;
}
