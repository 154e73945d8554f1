import type { LineFacts } from "./line-names.ts";

/** Lines of one content that are held at once. */
const MOST_ALIKE = 100;

/** Items met lately, by their content. */
export class Alike<T> {
  readonly #factsOf: (one: T) => LineFacts;
  readonly #byContent = new Map<bigint, T[]>();
  /** In the order they came. */
  #all: T[] = [];

  constructor(factsOf: (one: T) => LineFacts) {
    this.#factsOf = factsOf;
  }

  add(one: T): void {
    const { content } = this.#factsOf(one);
    const others = this.#byContent.get(content);
    if (others === undefined) this.#byContent.set(content, [one]);
    else if (others.length < MOST_ALIKE) others.push(one);
    else return;
    this.#all.push(one);
  }

  like({ content }: LineFacts): readonly T[] {
    return this.#byContent.get(content) ?? [];
  }

  /** All from before that time, ms. */
  forget(before: number): void {
    const isOld = (one: T): boolean => this.#factsOf(one).time < before;
    const old = this.#all.filter(isOld);
    if (old.length === 0) return;
    this.#all = this.#all.filter((one) => !isOld(one));
    for (const one of old) {
      const { content } = this.#factsOf(one);
      const left = this.#byContent.get(content)!.filter((other) => other !== one);
      if (left.length === 0) this.#byContent.delete(content);
      else this.#byContent.set(content, left);
    }
  }
}
