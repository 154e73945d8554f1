import type { Cell, Cells } from "../lines/records.ts";

/** Counts of the cells of one column. */
export interface ColumnCount {
  readonly column: string;
  present: number;
  /** Empty, null, or not in the line at all. */
  missing: number;
  /** Of another type than the column is declared with: each makes a bad line. */
  unusable: number;
  /** A number beyond the largest, or a time that can't be one of history; each makes a bad line. */
  outOfRange: number;
}

/** Counts the cells of a file's columns, line by line. */
export class ColumnCounts {
  readonly #counts = new Map<string, ColumnCount>();
  #lines = 0;
  /** Names that were not there at first. */
  readonly #late = new Set<string>();
  readonly #isOpen: boolean;
  /** The columns, in the order of their first line. */
  readonly #names: string[] = [];
  /** Lines with a value in each column, which are counted at once. */
  #whole = 0;

  /** @param open there may be other columns in later lines. */
  constructor(columns: readonly string[], open: boolean) {
    this.#isOpen = open;
    for (const column of columns) this.#add(column);
  }

  #add(column: string): ColumnCount {
    this.#settle();
    const count = { column, present: 0, missing: this.#lines, unusable: 0, outOfRange: 0 };
    this.#counts.set(column, count);
    this.#names.push(column);
    return count;
  }

  /**
   * @param wrong the column whose cell made the line a bad one
   * @param problem the fault of that cell
   */
  take(cells: Cells, wrong?: string, problem?: string): void {
    if (this.#isOpen) this.#lookForLate(cells);
    this.#lines += 1;
    if (wrong === undefined && this.#isWhole(cells)) {
      this.#whole += 1;
      return;
    }
    for (const count of this.#counts.values()) {
      const cell = cells[count.column];
      if (cell === undefined || cell === null || cell === "") count.missing += 1;
      else if (count.column === wrong) count[isOutOfRange(cell, problem) ? "outOfRange" : "unusable"] += 1;
      else count.present += 1;
    }
  }

  /** It has a value in each of the columns there are. */
  #isWhole(cells: Cells): boolean {
    const names = Object.keys(cells);
    if (names.length !== this.#names.length) return false;
    for (let at = 0; at < names.length; at++) if (names[at] !== this.#names[at]) return false;
    return !Object.values(cells).some((cell) => cell === undefined || cell === null || cell === "");
  }

  #lookForLate(cells: Cells): void {
    for (const name in cells) {
      if (this.#counts.has(name)) continue;
      this.#add(name);
      this.#late.add(name);
    }
  }

  #settle(): void {
    for (const count of this.#counts.values()) count.present += this.#whole;
    this.#whole = 0;
  }

  /** Columns that came after the first lines. */
  get late(): readonly string[] {
    return [...this.#late];
  }

  get all(): readonly ColumnCount[] {
    this.#settle();
    return [...this.#counts.values()];
  }
}

const isOutOfRange = (cell: Cell, problem = ""): boolean =>
  (typeof cell !== "boolean" && Math.abs(Number(cell)) === Number.POSITIVE_INFINITY) ||
  / lies ahead| is not between /.test(problem);
