interface Placed {
  /** ms. */
  readonly time: number;
  readonly origin: { readonly partition: number; readonly offset: number };
}

/** The newest of many records, in bounded memory: at most twice as many are held. */
export class Newest<T extends Placed> {
  readonly #most: number;
  #held: T[] = [];
  /** Older ones are not among them. */
  #least = Number.NEGATIVE_INFINITY;
  /** Records that were left out since there are newer ones. */
  left = 0;

  /** @param most 1 or more */
  constructor(most: number) {
    this.#most = most;
  }

  add(one: T): void {
    if (one.time < this.#least) {
      this.left += 1;
      return;
    }
    this.#held.push(one);
    if (this.#held.length >= 2 * this.#most) this.#cut();
  }

  /** In the order of their times; those of one time in the order of partitions and offsets. */
  all(): readonly T[] {
    this.#cut();
    return this.#held;
  }

  #cut(): void {
    this.#held.sort(inOrder);
    const more = Math.max(0, this.#held.length - this.#most);
    this.left += more;
    if (more > 0) this.#held = this.#held.slice(more);
    if (this.#held.length === this.#most) this.#least = this.#held[0]!.time;
  }
}

const inOrder = (a: Placed, b: Placed): number =>
  a.time - b.time || a.origin.partition - b.origin.partition || a.origin.offset - b.origin.offset;
