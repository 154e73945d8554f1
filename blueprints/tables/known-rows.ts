import { validAt, type PackedValues, type RowsOf, type RowVersions } from "./row-versions.ts";

/** What was made of a row, for decisions in `(after, until]`. */
interface KnownRow<T> {
  readonly row: RowVersions | undefined;
  readonly after: number;
  readonly until: number;
  readonly made: T;
  /** Of the table, when the row was last looked up. */
  state: object;
}

const MOST_ROWS = 65_536;
const MOST_NUMBERS = 1_000_000;
/** Of all that is kept together. Once there are too many, everything is forgotten. */
const kept = { rows: 0, numbers: 0, generation: 0 };

/**
 * What is made of the rows of one table, made once while a row stays the same. A row is looked up again only after the
 * table has changed; a row that changes is another array.
 */
export class KnownRows<T> {
  readonly #table: string;
  readonly #numbers: number;
  readonly #make: (values: PackedValues | undefined) => T;
  #known = new Map<string, KnownRow<T>>();
  #generation = kept.generation;

  /**
   * @param numbers that each made value holds, about
   * @param make from the values that are valid; `undefined`: there are none
   */
  constructor(table: string, numbers: number, make: (values: PackedValues | undefined) => T) {
    this.#table = table;
    this.#numbers = numbers;
    this.#make = make;
  }

  /** Of the row under a key, as of a decision's time, ms. */
  at(rows: RowsOf, key: string, time: number): T {
    const state = rows.stateOf?.(this.#table);
    if (state === undefined) return this.#make(validAt(rows(this.#table, key), time).values);
    const known = this.#generation === kept.generation ? this.#known.get(key) : undefined;
    const isInTime = known !== undefined && time > known.after && time <= known.until;
    if (isInTime && known.state === state) return known.made;
    const row = rows(this.#table, key);
    if (isInTime && known.row === row) {
      known.state = state;
      return known.made;
    }
    const { values, after, until } = validAt(row, time);
    const made = this.#make(values);
    this.#keep(key, { row, after, until, made, state });
    return made;
  }

  #keep(key: string, one: KnownRow<T>): void {
    if (kept.rows >= MOST_ROWS || kept.numbers + this.#numbers > MOST_NUMBERS) {
      kept.rows = 0;
      kept.numbers = 0;
      kept.generation++;
    }
    if (this.#generation !== kept.generation) {
      this.#known = new Map();
      this.#generation = kept.generation;
    }
    if (!this.#known.has(key)) {
      kept.rows++;
      kept.numbers += this.#numbers;
    }
    this.#known.set(key, one);
  }
}
