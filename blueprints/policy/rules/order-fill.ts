import type { FormulaValue } from "../../formula/index.ts";
import type { OrderSteps } from "../policy-rule.ts";

/** At most so many options with one value of a category; a missing value is never too many. */
interface Limit {
  readonly limit: number;
  of(index: number): FormulaValue;
}

/**
 * The positions of a ranking as they are filled. Required options have their positions and their share of the categories from the start. An option that may
 * not stand at one position may not stand at a later one.
 */
export class OrderFill implements OrderSteps {
  readonly #allowed: readonly number[];
  readonly #most: number;
  readonly #limits: readonly Limit[];
  readonly #required: ReadonlySet<number>;
  readonly #taken = new Set<number>();
  readonly #counts: readonly Map<string, number>[];
  /** Positions that no required option has. */
  #free: number;

  /**
   * @param allowed indexes of options, in the order of their scores
   * @param most positions, no more than there are options
   * @param required no more than there are positions
   */
  constructor(allowed: readonly number[], most: number, limits: readonly Limit[], required: readonly number[]) {
    this.#allowed = allowed;
    this.#most = most;
    this.#limits = limits;
    this.#required = new Set(required);
    this.#free = most - required.length;
    this.#counts = limits.map(() => new Map<string, number>());
    for (const index of required) this.#count(index);
  }

  next(): readonly number[] {
    return this.#allowed.filter((index) => this.mayStand(index));
  }

  mayStand(index: number): boolean {
    if (this.#taken.size >= this.#most || this.#taken.has(index)) return false;
    return this.#required.has(index) || (this.#free > 0 && !this.#isFull(index));
  }

  take(index: number): void {
    this.#taken.add(index);
    if (this.#required.has(index)) return;
    this.#free--;
    this.#count(index);
  }

  /** In the order in which they were taken. */
  taken(): readonly number[] {
    return [...this.#taken];
  }

  #isFull(index: number): boolean {
    return this.#limits.some(({ limit, of }, at) => {
      const value = of(index);
      return typeof value === "string" && (this.#counts[at]!.get(value) ?? 0) >= limit;
    });
  }

  #count(index: number): void {
    for (const [at, { of }] of this.#limits.entries()) {
      const value = of(index);
      if (typeof value === "string") this.#counts[at]!.set(value, (this.#counts[at]!.get(value) ?? 0) + 1);
    }
  }
}
