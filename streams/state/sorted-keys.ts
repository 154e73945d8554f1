/** Taken keys stay in the array until they are so many, and half of it. */
const MOST_TAKEN = 1_024;

/**
 * Strings in order, each once. Finding one takes the logarithm of their number; adding behind the last takes no search at all, and taking the
 * first moves none of the others.
 */
export class SortedKeys {
  #keys: string[] = [];
  /** Keys before it were taken. */
  #head = 0;

  get length(): number {
    return this.#keys.length - this.#head;
  }

  at(index: number): string | undefined {
    return this.#keys[this.#head + index];
  }

  add(key: string): void {
    if (this.length === 0 || this.#keys.at(-1)! < key) this.#keys.push(key);
    else {
      const at = this.#firstFrom(key);
      if (this.#keys[at] !== key) this.#keys.splice(at, 0, key);
    }
  }

  delete(key: string): void {
    const at = this.#firstFrom(key);
    if (this.#keys[at] === key) this.#keys.splice(at, 1);
  }

  /** Takes those before `end` out. */
  takeBefore(end: string): string[] {
    const to = this.#firstFrom(end);
    const taken = this.#keys.slice(this.#head, to);
    this.#head = to;
    if (this.#head > MOST_TAKEN && 2 * this.#head > this.#keys.length) {
      this.#keys = this.#keys.slice(this.#head);
      this.#head = 0;
    }
    return taken;
  }

  /** Only the first `length` stay. */
  truncate(length: number): void {
    this.#keys.length = this.#head + length;
  }

  /** The index of the first that is not before `key`. */
  #firstFrom(key: string): number {
    let [low, high] = [this.#head, this.#keys.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#keys[middle]! < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
