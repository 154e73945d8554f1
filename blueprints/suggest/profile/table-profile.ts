import { categoryOf } from "../../values/category-value.ts";
import { listOf } from "../../values/list-value.ts";
import { numberOf } from "../../values/number-value.ts";
import { addToShape, noShape, type ColumnShape } from "./column-shape.ts";
import { DistinctValues } from "./distinct-values.ts";

export type Cell = string | number | boolean | null;
export type Cells = Readonly<Record<string, Cell>>;

/** Past so many kinds or columns no further one is looked at. */
const MOST_KINDS = 200;
const MOST_COLUMNS = 2_000;

/** All that is known of a column. */
export class ColumnProfile {
  readonly #shape = noShape();
  readonly distinct = new DistinctValues();
  /** Items of its lists. */
  readonly items = new DistinctValues();

  #least = Infinity;
  #most = -Infinity;

  /** Of its numbers. */
  get rangeText(): string {
    return `from ${this.#least} to ${this.#most}`;
  }

  get shape(): ColumnShape {
    return this.#shape;
  }

  add(cell: string | number | boolean): void {
    addToShape(this.#shape, cell);
    const number = numberOf(cell) ?? null;
    if (number !== null && number < this.#least) this.#least = number;
    if (number !== null && number > this.#most) this.#most = number;
    this.distinct.add(categoryOf(cell) ?? String(cell));
    if (typeof cell === "string" && cell.startsWith("[")) for (const item of listOf(cell) ?? []) this.items.add(item);
  }
}

/** Statistics of the columns of a file, taken line by line in bounded memory. */
export class TableProfile {
  readonly columns = new Map<string, ColumnProfile>();
  /** By kind of event, how many lines there are, and in how many of them each column has a value. */
  readonly kinds = new Map<string, { lines: number; readonly values: Map<string, number> }>();
  /** Columns some of whose values are no plain ones, with the form of the values. */
  readonly unfit = new Map<string, string>();
  /** Names past the most that are looked at. */
  readonly beyond = new Set<string>();
  lines = 0;

  /** @param kind of the event that the line is; null: it is none */
  add(cells: Cells, kind: string | null = null): void {
    this.lines += 1;
    const counts = kind === null ? undefined : this.#kind(kind);
    if (counts !== undefined) counts.lines += 1;
    for (const name of Object.keys(cells)) {
      const cell = cells[name]!;
      if (isMissing(cell)) continue;
      this.#column(name)?.add(cell);
      if (counts !== undefined && this.columns.has(name)) counts.values.set(name, (counts.values.get(name) ?? 0) + 1);
    }
  }

  #column(name: string): ColumnProfile | undefined {
    let column = this.columns.get(name);
    if (column !== undefined) return column;
    if (this.columns.size === MOST_COLUMNS) {
      if (this.beyond.size < MOST_COLUMNS) this.beyond.add(name);
      return undefined;
    }
    this.columns.set(name, (column = new ColumnProfile()));
    return column;
  }

  #kind(kind: string): { lines: number; readonly values: Map<string, number> } | undefined {
    let counts = this.kinds.get(kind);
    if (counts === undefined && this.kinds.size < MOST_KINDS) this.kinds.set(kind, (counts = newKind()));
    return counts;
  }
}

const newKind = (): { lines: number; readonly values: Map<string, number> } => ({ lines: 0, values: new Map() });

export const isMissing = (cell: Cell | undefined): cell is null | undefined =>
  cell === null || cell === undefined || cell === "" || Number.isNaN(cell);
