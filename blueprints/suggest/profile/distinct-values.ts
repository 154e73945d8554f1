import { murmur3 } from "../../features/murmur3.ts";

/** So many values are counted one by one. */
const MOST_COUNTED = 2_000;
/** Of more, so many of the smallest hashes are kept: their density tells how many there are. */
const HASHES = 1_024;

/**
 * How many different texts there are, in bounded memory: to the number up to 2,000, beyond that estimated from the
 * 1,024 smallest hashes, to about 3 % (Bar-Yossef et al., "Counting distinct elements in a data stream", 2002).
 */
export class DistinctValues {
  #counts: Map<string, number> | undefined = new Map();
  readonly #hashes = new Set<number>();
  #limit = Infinity;

  add(text: string): void {
    if (this.#counts === undefined) return this.#hash(text);
    const before = this.#counts.get(text);
    this.#counts.set(text, (before ?? 0) + 1);
    if (this.#counts.size <= MOST_COUNTED) return;
    for (const value of this.#counts.keys()) this.#hash(value);
    this.#counts = undefined;
  }

  get size(): number {
    if (this.#counts !== undefined) return this.#counts.size;
    this.#shrink();
    if (this.#hashes.size < HASHES) return this.#hashes.size;
    return Math.round(((HASHES - 1) * 2 ** 32) / (this.#limit + 1));
  }

  /** The most frequent first; none where there are too many to count. */
  get frequent(): readonly (readonly [value: string, times: number])[] {
    return [...(this.#counts ?? [])].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  }

  #hash(text: string): void {
    const hash = murmur3(text) >>> 0;
    if (hash > this.#limit) return;
    this.#hashes.add(hash);
    if (this.#hashes.size >= 2 * HASHES) this.#shrink();
  }

  #shrink(): void {
    if (this.#hashes.size < HASHES) return;
    const sorted = [...this.#hashes].sort((a, b) => a - b);
    for (const hash of sorted.slice(HASHES)) this.#hashes.delete(hash);
    this.#limit = sorted[HASHES - 1]!;
  }
}
