import { inOrder, type Placed } from "./in-order.ts";

interface Kept extends Placed {
  readonly origin: { readonly partition: number; readonly offset: number };
}

/** The newest of many records, in bounded memory: at most twice as many are held. */
export class Newest<T extends Kept> {
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

  /** In the order of their times. */
  all(): readonly T[] {
    this.#cut();
    return this.#held;
  }

  #cut(): void {
    this.#held.sort((a, b) => inOrder(a, b) || byPlace(a, b));
    const more = Math.max(0, this.#held.length - this.#most);
    this.left += more;
    if (more > 0) this.#held = this.#held.slice(more);
    if (this.#held.length === this.#most) this.#least = this.#held[0]!.time;
  }
}

const byPlace = ({ origin: a }: Kept, { origin: b }: Kept): number => a.partition - b.partition || a.offset - b.offset;
