/** Strings in order, each once. Finding one takes the logarithm of their number, and adding behind the last no search at all. */
export class SortedKeys {
  #keys: string[] = [];

  get length(): number {
    return this.#keys.length;
  }

  at(index: number): string | undefined {
    return this.#keys[index];
  }

  add(key: string): void {
    const last = this.#keys.at(-1);
    if (last === undefined || last < key) this.#keys.push(key);
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
    return this.#keys.splice(0, this.#firstFrom(end));
  }

  /** Only the first `length` stay. */
  truncate(length: number): void {
    this.#keys.length = length;
  }

  /** The index of the first that is not before `key`. */
  #firstFrom(key: string): number {
    let [low, high] = [0, this.#keys.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#keys[middle]! < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
