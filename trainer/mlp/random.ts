import { mixed } from "../mixed.ts";

/** Numbers drawn one after the other; the same for the same seed everywhere. */
export class Random {
  readonly #seed: number;
  #drawn = 0;

  /** @param stream of one seed: the numbers of two streams have nothing to do with each other */
  constructor(seed: number, stream: number) {
    this.#seed = mixed(mixed(seed) + Math.imul(stream + 1, 0x9e3779b9));
  }

  /** Uniform in (0, 1). */
  next(): number {
    return (mixed(this.#seed + Math.imul(++this.#drawn, 0x9e3779b9)) + 0.5) / 4_294_967_296;
  }

  /** Puts them into an order in which each is as likely as any other. */
  shuffle(items: Int32Array): void {
    for (let last = items.length - 1; last > 0; last--) {
      const other = Math.floor(this.next() * (last + 1));
      const item = items[last]!;
      items[last] = items[other]!;
      items[other] = item;
    }
  }
}
