import type { BytesPlace, Series } from "../global-source.ts";

interface Row {
  readonly numbers: number[];
  readonly keys: string[];
  readonly values: Uint8Array[];
}

/**
 * A fold's keys by series. A question about a stretch of one takes one look-up, and not one for each number that may be
 * there. Keys that are too old are found at the series' starts.
 */
export class SeriesIndex {
  readonly #placeOf: (key: string) => BytesPlace;
  /** By part and name. */
  readonly #rows = new Map<string, Map<string, Row>>();
  /** Keys of no series. */
  readonly #others = new Set<string>();

  constructor(placeOf: (key: string) => BytesPlace) {
    this.#placeOf = placeOf;
  }

  get(part: string, name: string): Series | undefined {
    return this.#rows.get(part)?.get(name);
  }

  put(key: string, value: Uint8Array): void {
    const { part, name, number } = this.#placeOf(key);
    if (name === null) return void this.#others.add(key);
    let rows = this.#rows.get(part);
    if (rows === undefined) this.#rows.set(part, (rows = new Map()));
    const row = rows.get(name);
    if (row === undefined) return void rows.set(name, { numbers: [number], keys: [key], values: [value] });
    const at = firstFrom(row.numbers, number);
    if (row.numbers[at] === number) row.values[at] = value;
    else {
      row.numbers.splice(at, 0, number);
      row.keys.splice(at, 0, key);
      row.values.splice(at, 0, value);
    }
  }

  delete(key: string): void {
    const { part, name, number } = this.#placeOf(key);
    if (name === null) return void this.#others.delete(key);
    const rows = this.#rows.get(part);
    const row = rows?.get(name);
    if (rows === undefined || row === undefined) return;
    const at = firstFrom(row.numbers, number);
    if (row.numbers[at] !== number) return;
    row.numbers.splice(at, 1);
    row.keys.splice(at, 1);
    row.values.splice(at, 1);
    if (row.numbers.length > 0) return;
    rows.delete(name);
    if (rows.size === 0) this.#rows.delete(part);
  }

  deletePart(part: string): void {
    this.#rows.delete(part);
    for (const key of this.#others) if (this.#placeOf(key).part === part) this.#others.delete(key);
  }

  *oldest(isOver: (part: string, number: number) => boolean): Iterable<string> {
    for (const [part, rows] of this.#rows) {
      for (const { numbers, keys } of rows.values()) {
        if (!isOver(part, numbers[0]!)) continue;
        const kept = numbers.findIndex((number) => !isOver(part, number));
        yield* keys.slice(0, kept < 0 ? keys.length : kept);
      }
    }
    for (const key of this.#others) {
      const { part, number } = this.#placeOf(key);
      if (isOver(part, number)) yield key;
    }
  }
}

/** The index of the first that is not below `number`; most questions are about the end. */
export function firstFrom(numbers: readonly number[], number: number): number {
  if (numbers.length === 0 || numbers.at(-1)! < number) return numbers.length;
  let [low, high] = [0, numbers.length - 1];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (numbers[middle]! < number) low = middle + 1;
    else high = middle;
  }
  return low;
}
