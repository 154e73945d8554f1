import type { Cell, Column } from "../packed/column.ts";

/** One column on its way to be kept. It is used again for the next rows, so its arrays are copied from. */
export class ColumnBuilder {
  readonly name: string;
  readonly #most: number;
  #numbers: Float64Array | undefined;
  #hasNumbers = false;
  #places: Uint32Array | undefined;
  readonly #placeOf = new Map<Cell, number>();
  readonly #values: Cell[] = [null];
  readonly #nans: number[] = [];

  /** @param most rows that it has room for */
  constructor(name: string, most: number) {
    this.name = name;
    this.#most = most;
  }

  set(row: number, value: Cell): void {
    if (value === null) return;
    if (typeof value !== "number") {
      let place = this.#placeOf.get(value);
      if (place === undefined) this.#placeOf.set(value, (place = this.#values.push(value) - 1));
      (this.#places ??= new Uint32Array(this.#most))[row] = place;
    } else if (Number.isNaN(value)) {
      this.#nans.push(row);
    } else {
      this.#numbers ??= new Float64Array(this.#most).fill(Number.NaN);
      this.#hasNumbers = true;
      this.#numbers[row] = value;
    }
  }

  /** The first rows, and lets them go. */
  take(rows: number): Column {
    const places = this.#values.length > 1 ? this.#places?.slice(0, rows) : undefined;
    const numbers = this.#hasNumbers ? short(this.#numbers!.subarray(0, rows)) : undefined;
    const taken = { name: this.name, numbers, places, values: [...this.#values], nans: [...this.#nans] };
    this.#numbers?.fill(Number.NaN);
    this.#places?.fill(0);
    this.#hasNumbers = false;
    this.#placeOf.clear();
    this.#values.length = 1;
    this.#nans.length = 0;
    return taken;
  }
}

/** Half as long where no number changes by it. */
function short(numbers: Float64Array): Float64Array | Float32Array {
  const halved = new Float32Array(numbers);
  return numbers.every((value, at) => Object.is(value, halved[at])) ? halved : numbers.slice();
}
