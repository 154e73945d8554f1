import { BOUNDS } from "../defaults.ts";
import { isReservedColumn } from "../reserved-columns.ts";

/** Names for features: none is given twice, none is a column of every row. */
export class FreeNames {
  readonly #taken: Set<string>;
  /** Every name that begins with one of them is the column of a feature. */
  readonly #prefixes: string[] = [];

  constructor(taken: Iterable<string>) {
    this.#taken = new Set(taken);
  }

  /** Takes the name, or one like it. @param base a small letter, then letters, digits and _ */
  take(base: string): string {
    const name = this.#like(base, (name) => this.#isFree(name));
    this.#taken.add(name);
    return name;
  }

  /** The same for a feature whose columns have its name with something behind it. */
  takeSeveral(base: string): string {
    const name = this.#like(base, (name) => {
      const begins = (taken: string): boolean => taken === name || taken.startsWith(`${name}_`);
      return this.#isFree(name) && ![...this.#taken, ...this.#prefixes].some(begins);
    });
    this.#taken.add(name);
    this.#prefixes.push(`${name}_`);
    return name;
  }

  /** Takes all of these, or none. */
  takeAll(names: readonly string[]): boolean {
    if (!names.every((name) => this.#isFree(name))) return false;
    for (const name of names) this.#taken.add(name);
    return true;
  }

  #like(base: string, isFree: (name: string) => boolean): string {
    const short = base.slice(0, BOUNDS.nameLength - 28);
    for (let at = 1; ; at++) {
      // In front: a name behind the columns of another feature stays behind them, whatever follows it.
      const name = at === 1 ? short : `f${at}_${short}`;
      if (isFree(name)) return name;
    }
  }

  #isFree(name: string): boolean {
    return (
      !this.#taken.has(name) &&
      !isReservedColumn(name) &&
      !name.startsWith("label") &&
      !this.#prefixes.some((prefix) => name.startsWith(prefix))
    );
  }
}
