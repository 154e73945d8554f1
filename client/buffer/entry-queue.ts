import type { Entry } from "./entry.ts";

/** Passed places at the front that are given back at once. */
const MOST_PASSED = 1_024;

/** Entries in the order of their numbers. Those that come back take their former places. */
export class EntryQueue {
  #entries: Entry[] = [];
  #first = 0;

  get size(): number {
    return this.#entries.length - this.#first;
  }

  get head(): Entry | undefined {
    return this.#entries[this.#first];
  }

  /** @param entry its number is the largest so far. */
  push(entry: Entry): void {
    this.#entries.push(entry);
  }

  shift(): Entry | undefined {
    const entry = this.#entries[this.#first];
    if (entry === undefined) return undefined;
    if (++this.#first >= MOST_PASSED) this.#giveBack();
    return entry;
  }

  putBack(entry: Entry): void {
    this.#giveBack();
    let at = 0;
    while (at < this.#entries.length && this.#entries[at]!.number < entry.number) at++;
    this.#entries.splice(at, 0, entry);
  }

  /** Takes the entries out that the test names. */
  remove(isOut: (entry: Entry) => boolean): readonly Entry[] {
    this.#giveBack();
    const { true: out = [], false: stay = [] } = Object.groupBy(this.#entries, (entry) => String(isOut(entry)));
    this.#entries = stay;
    return out;
  }

  filter(test: (entry: Entry) => boolean): Entry[] {
    return this.#entries.slice(this.#first).filter(test);
  }

  #giveBack(): void {
    this.#entries.splice(0, this.#first);
    this.#first = 0;
  }
}
