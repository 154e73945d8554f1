import { cellsName } from "../again/line-names.ts";
import { nameOf } from "../lines/records.ts";
import { timedLines, type Line, type LineSource } from "../lines/timed-lines.ts";
import { IdHashes } from "./id-hashes.ts";

/** Looks in one reading of the decisions for ids that several lines have. */
export class RepeatedIds {
  readonly ids = new IdHashes();
  readonly #all = new IdHashes();
  readonly #column: string;

  /** @param column of the decision id */
  constructor(column: string) {
    this.#column = column;
  }

  take(line: Line): void {
    const id = idOf(line, this.#column);
    if (id === undefined) return;
    const before = this.#all.size;
    this.#all.add(id);
    if (this.#all.size === before) this.ids.add(id);
  }
}

/** Lines of decisions whose id an earlier line of the file has, by their numbers. */
export class RepeatedLines {
  /** Of lines that differ from the first of their id: its number. */
  readonly #firsts = new LineNumbers();
  /** Of lines that are as the first of their id is: its number. */
  readonly #same = new LineNumbers();
  /** Ids of lines that differ. */
  readonly #ids = new IdHashes();

  /** The first line of the id, if this later one has other values. */
  firstOf(line: number): number | undefined {
    return this.#firsts.get(line);
  }

  /** Whether an earlier line has the same id and the same values. */
  isSame(line: number): boolean {
    return this.#same.get(line) !== undefined;
  }

  /** Whether lines of this id differ. */
  isOf(id: string): boolean {
    return this.#ids.has(id);
  }

  addDifferent(line: number, first: number, id: string): void {
    this.#firsts.add(line, first);
    this.#ids.add(id);
  }

  addSame(line: number, first: number): void {
    this.#same.add(line, first);
  }
}

/**
 * Reads the decisions once more, if several lines have one id. Two such lines are the same if all their cells are. Memory
 * holds 32 bytes of each id that is repeated, and 16 bytes of each line that repeats one.
 */
export async function lookForRepeated(source: LineSource, { ids }: RepeatedIds): Promise<RepeatedLines> {
  const repeated = new RepeatedLines();
  if (ids.size === 0) return repeated;
  const firsts = new Float64Array(ids.size);
  const contents = new BigUint64Array(ids.size);
  const take = (one: Line): void => {
    const id = idOf(one, source.id!);
    if (id === undefined || !ids.has(id)) return;
    const at = ids.add(id);
    const content = cellsName(one.cells!, one.beside);
    const first = firsts[at]!;
    if (first === 0) {
      firsts[at] = one.line;
      contents[at] = content;
    } else if (!("problem" in one)) {
      if (content === contents[at]) repeated.addSame(one.line, first);
      else repeated.addDifferent(one.line, first, id);
    }
  };
  for await (const run of timedLines(source)) run.forEach(take);
  return repeated;
}

export const repeatedText = (id: string, file: string, first: number): string =>
  `has the decision id "${id}" of ${file}:${first} and other values: an id is of one decision`;

function idOf(line: Line, column: string): string | undefined {
  if (!("problem" in line)) return line.id;
  const cell = line.cells?.[column];
  return cell === undefined ? undefined : (nameOf(cell) ?? undefined);
}

/** Numbers by line, added in the order of lines. */
class LineNumbers {
  #lines = new Float64Array(16);
  #numbers = new Float64Array(16);
  #count = 0;

  add(line: number, number: number): void {
    if (this.#count === this.#lines.length) {
      const grown = (of: Float64Array): Float64Array<ArrayBuffer> => {
        const more = new Float64Array(of.length * 2);
        more.set(of);
        return more;
      };
      [this.#lines, this.#numbers] = [grown(this.#lines), grown(this.#numbers)];
    }
    this.#lines[this.#count] = line;
    this.#numbers[this.#count] = number;
    this.#count += 1;
  }

  get(line: number): number | undefined {
    let [from, to] = [0, this.#count];
    while (from < to) {
      const middle = (from + to) >>> 1;
      if (this.#lines[middle]! < line) from = middle + 1;
      else to = middle;
    }
    return from < this.#count && this.#lines[from] === line ? this.#numbers[from] : undefined;
  }
}
