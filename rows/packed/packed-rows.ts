import type { FeatureColumn } from "../../blueprints/index.ts";
import type { TrainingRow } from "../../schemas/index.ts";
import { rowId } from "../row-id.ts";
import { Cells } from "./cells.ts";
import type { Cell, Column } from "./column.ts";
import { Room } from "./room.ts";

const PLACE = Symbol("place");

/** A row whose values lie in columns. */
interface PackedRow {
  readonly [PLACE]: number;
}

type RowClass = new (place: number) => TrainingRow;

const stores = new WeakMap<object, PackedRows>();

/**
 * Many rows in columns: a row takes 8 bytes a number and not an object. The rows that are handed out are read by the
 * names of their columns, as others are; they have no keys of their own and can't be spread.
 */
export class PackedRows {
  readonly #columns = new Map<string, Cells>();
  readonly #names: string[] = [];
  readonly #cells: Cells[] = [];
  readonly #row: RowClass;
  #room = new Room();
  #count = 0;

  constructor() {
    class Row {
      readonly [PLACE]: number;
      constructor(place: number) {
        this[PLACE] = place;
      }
    }
    this.#row = Row as unknown as RowClass;
    stores.set(Row.prototype, this);
  }

  add(row: TrainingRow): void {
    const place = this.#count++;
    let at = 0;
    for (const name in row) {
      // Rows of one schema have their columns in one order.
      const cells = this.#names[at] === name ? this.#cells[at]! : this.#columnOf(name);
      cells.set(place, row[name]!);
      at++;
    }
  }

  /** Adds some rows of columns, in the order of `picked`. */
  addColumns(columns: readonly Column[], picked: Uint32Array): void {
    for (const column of columns) this.#columnOf(column.name).setMany(this.#count, column, picked);
    this.#count += picked.length;
  }

  #columnOf(name: string): Cells {
    let cells = this.#columns.get(name);
    if (cells === undefined) {
      const made = (cells = new Cells(this.#room));
      this.#columns.set(name, made);
      this.#names.push(name);
      this.#cells.push(made);
      Object.defineProperty(this.#row.prototype, name, {
        get(this: PackedRow) {
          return made.get(this[PLACE]);
        },
      });
    }
    return cells;
  }

  /** The newest row of each decision or option, as `keepNewest` keeps it, by decision time, decision id and option. */
  newest(): readonly TrainingRow[] {
    const times = Float64Array.from({ length: this.#count }, (_, row) => Number(this.#of("decisionTime", row)));
    const idOf = (row: number): string =>
      rowId({ decisionId: String(this.#of("decisionId", row)), optionId: this.#of("optionId", row) as string | null });
    const compare = (a: number, b: number): number => {
      const time = times[a]! - times[b]!;
      if (time !== 0) return time;
      const [first, second] = [idOf(a), idOf(b)];
      return first < second ? -1 : first > second ? 1 : 0;
    };
    const order = Array.from(times.keys()).sort(compare);
    const kept: TrainingRow[] = [];
    for (let at = 0; at < order.length; at++) {
      let newest = order[at]!;
      // Rows of one decision are in the order of their records.
      for (; at + 1 < order.length && compare(order[at + 1]!, newest) === 0; at++) {
        const next = order[at + 1]!;
        if (Number(this.#of("rowTime", newest)) <= Number(this.#of("rowTime", next))) newest = next;
      }
      kept.push(new this.#row(newest));
    }
    return kept;
  }

  #of(name: string, row: number): Cell {
    return this.#columns.get(name)?.get(row) ?? null;
  }

  /** Whether a number of a column lies beyond a bound. */
  reaches(name: string, bound: number): boolean {
    return this.#columns.get(name)?.reaches(bound) ?? false;
  }

  /**
   * Rows as float32, row-major.
   *
   * @param cellOf a cell of a column of the layout as a model takes it
   */
  encode(
    places: Uint32Array,
    layout: readonly FeatureColumn[],
    cellOf: (column: number, value: Cell) => number,
    out: Float32Array,
  ): void {
    const stride = layout.length;
    const columns = layout.map(({ name }, column) => ({
      cells: this.#columns.get(name) ?? new Cells(this.#room),
      encode: (value: Cell) => cellOf(column, value),
    }));
    for (let from = 0; from < places.length; from += BLOCK) {
      const some = { rows: places, from, to: Math.min(places.length, from + BLOCK) };
      for (const [column, { cells, encode }] of columns.entries())
        cells.encode(some, encode, { out, at: from * stride + column, stride });
    }
  }

  /** Lets the features of all other rows go. Reading one of them throws from then on; all other columns stay. */
  keepFeatures(places: Uint32Array, layout: readonly FeatureColumn[]): void {
    const kept = new Int32Array(this.#count).fill(-1);
    for (const [at, place] of places.entries()) kept[place] = at;
    const [features, room] = [new Set(layout.map(({ name }) => name)), new Room()];
    for (const [name, cells] of this.#columns) {
      if (features.has(name)) cells.keep(kept, places, room);
      else cells.move(room);
    }
    this.#room.release();
    this.#room = room;
  }
}

/** Rows of which a column is encoded at once: their part of the matrix stays in the processor's cache. */
const BLOCK = 512;

/** Where rows are packed; `undefined`: some are not, or they lie in several places. */
export function packedOf(
  rows: readonly TrainingRow[],
): { readonly store: PackedRows; readonly places: Uint32Array } | undefined {
  const [first] = rows;
  if (first === undefined) return undefined;
  const prototype: unknown = Object.getPrototypeOf(first);
  const store = stores.get(prototype as object);
  if (store === undefined) return undefined;
  const places = new Uint32Array(rows.length);
  for (const [at, row] of rows.entries()) {
    if (Object.getPrototypeOf(row) !== prototype) return undefined;
    places[at] = (row as unknown as PackedRow)[PLACE];
  }
  return { store, places };
}

/** Lets the features of packed rows go but for some: those that are judged by. Other rows are left as they are. */
export function keepFeatures(
  rows: readonly TrainingRow[],
  some: readonly TrainingRow[],
  layout: readonly FeatureColumn[],
): void {
  const packed = packedOf(rows);
  if (packed === undefined) return;
  packed.store.keepFeatures(packedOf(some)?.places ?? new Uint32Array(0), layout);
}
