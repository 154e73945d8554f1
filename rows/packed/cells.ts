import { brokenPromise } from "../../streams/index.ts";
import { cellOf, type Cell, type Column } from "./column.ts";
import type { Room } from "./room.ts";

/** Cells that are stored together: a power of 2. */
const PIECE = 1 << 14;
const BITS = 14;
const REST = PIECE - 1;

/** Values that are remembered, so that equal ones are stored once. */
const MOST_REMEMBERED = 1 << 16;

/**
 * One column of many rows. Numbers lie in arrays of float64, any other value is a place in a list. A column holds what
 * most of its values are; exceptions lie beside it, so every value comes back as it was. Absent values are null.
 */
export class Cells {
  readonly #pieces: (Float64Array | Uint32Array | undefined)[] = [];
  /** Of numbers, NaN is null unless it is an exception. Of others, 0 is. */
  #numbers: boolean | undefined;
  readonly #values: Cell[] = [null];
  readonly #remembered = new Map<Cell, number>();
  readonly #exceptions = new Map<number, Cell>();
  #room: Room;
  /** Where the rows lie since others were let go; −1: nowhere. */
  #kept: Int32Array | undefined;

  constructor(room: Room) {
    this.#room = room;
  }

  set(row: number, value: Cell): void {
    if (value === null) return;
    const isNumber = typeof value === "number";
    this.#numbers ??= isNumber;
    if (isNumber !== this.#numbers || Number.isNaN(value)) {
      this.#exceptions.set(row, value);
      return;
    }
    let piece = this.#pieces[row >> BITS];
    if (piece === undefined) {
      piece = this.#pieceOf(isNumber);
      this.#pieces[row >> BITS] = piece;
    }
    piece[row & REST] = isNumber ? value : this.#placeOf(value);
  }

  /**
   * Sets the cells of rows that follow each other.
   *
   * @param from the first of these rows
   * @param picked their cells in the column
   */
  setMany(from: number, column: Column, picked: Uint32Array): void {
    const { numbers, places, values, nans } = column;
    const isNumber = numbers !== undefined;
    const isPlain = nans.length === 0 && !(isNumber && places !== undefined);
    if (!isPlain || (this.#numbers ?? isNumber) !== isNumber) {
      for (const [at, pick] of picked.entries()) this.set(from + at, cellOf(column, pick));
    } else if (isNumber) {
      this.#numbers = true;
      this.#write(from, picked, (pick) => numbers[pick]!);
    } else if (places !== undefined) {
      this.#numbers = false;
      const own = new Uint32Array(values.length);
      this.#write(from, picked, (pick) => {
        const place = places[pick]!;
        if (place > 0 && own[place] === 0) own[place] = this.#placeOf(values[place]!);
        return own[place]!;
      });
    }
  }

  #write(from: number, picked: Uint32Array, valueOf: (pick: number) => number): void {
    for (let at = 0; at < picked.length;) {
      const row = from + at;
      const piece = (this.#pieces[row >> BITS] ??= this.#pieceOf(this.#numbers!));
      const end = Math.min(picked.length, at + PIECE - (row & REST));
      for (let place = row & REST; at < end; at++, place++) piece[place] = valueOf(picked[at]!);
    }
  }

  #pieceOf(isNumber: boolean): Float64Array | Uint32Array {
    const { buffer, at } = this.#room.take(8 * PIECE);
    return isNumber ? new Float64Array(buffer, at, PIECE).fill(Number.NaN) : new Uint32Array(buffer, at, PIECE);
  }

  #placeOf(value: Cell): number {
    let place = this.#remembered.get(value);
    if (place === undefined) {
      place = this.#values.push(value) - 1;
      if (this.#remembered.size < MOST_REMEMBERED) this.#remembered.set(value, place);
    }
    return place;
  }

  /** Throws if the row was let go. */
  get(row: number): Cell {
    const at = this.#kept === undefined ? row : this.#kept[row]!;
    if (at < 0) throw brokenPromise("the features of this row were let go after it was learnt from");
    const found = this.#pieces[at >> BITS]?.[at & REST];
    if (this.#exceptions.size > 0) {
      const exception = this.#exceptions.get(at);
      if (exception !== undefined) return exception;
    }
    if (found === undefined) return null;
    return this.#numbers === true ? (Number.isNaN(found) ? null : found) : this.#values[found]!;
  }

  /** Writes what `encode` makes of the cells of some rows into `out[at]`, `out[at + stride]` and so on. */
  encode(
    { rows, from, to }: { readonly rows: Uint32Array; readonly from: number; readonly to: number },
    encode: (value: Cell) => number,
    { out, at, stride }: { readonly out: Float32Array; readonly at: number; readonly stride: number },
  ): void {
    for (let row = from, place = at; row < to; row++, place += stride) out[place] = encode(this.get(rows[row]!));
  }

  /** Whether some number of it lies beyond a bound. */
  reaches(bound: number): boolean {
    if (this.#numbers !== true) return false;
    for (const value of this.#exceptions.values()) if (typeof value === "number") return true;
    return this.#pieces.some((piece) => {
      if (piece === undefined) return false;
      for (let at = 0; at < PIECE; at++) if (Math.abs(piece[at]!) > bound) return true;
      return false;
    });
  }

  /**
   * Lets all other rows go, and moves to another room.
   *
   * @param kept for each row its new number, or −1
   * @param rows those that stay, in their new order
   */
  keep(kept: Int32Array, rows: Uint32Array, room: Room): void {
    const values = Array.from(rows, (row) => this.get(row));
    this.#pieces.length = 0;
    this.#room = room;
    this.#exceptions.clear();
    for (const [row, value] of values.entries()) this.set(row, value);
    this.#kept = kept;
  }

  /** Moves to another room with all rows. */
  move(room: Room): void {
    this.#room = room;
    for (const [at, piece] of this.#pieces.entries()) {
      if (piece === undefined) continue;
      const moved = this.#pieceOf(piece instanceof Float64Array);
      moved.set(piece);
      this.#pieces[at] = moved;
    }
  }
}
