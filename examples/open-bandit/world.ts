import { createHash } from "node:crypto";
import type { Logged } from "./read-log.ts";

/** Clicks are rare: each item counts as if it had been shown so often more, with the rate of all. */
const SMOOTHED = 100;

interface Shown {
  readonly clicks: number;
  readonly times: number;
}
const smoothed = ({ clicks, times }: Shown, towards: number): number =>
  (clicks + SMOOTHED * towards) / (times + SMOOTHED);

/** A world whose visitors click as those of a log did in which all items were shown alike. */
export class World {
  readonly items: readonly string[];
  readonly #rates = new Map<string, number>();

  constructor(log: readonly Logged[], items: readonly string[]) {
    this.items = items;
    const shown = (some: readonly Logged[]): Shown => ({
      ...{ clicks: some.filter(({ clicked }) => clicked).length, times: some.length },
    });
    const all = shown(log);
    const byItem = Map.groupBy(log, ({ item }) => item);
    const positions = new Set(log.map(({ position }) => position));
    for (const item of items) {
      const ofItem = byItem.get(item) ?? [];
      const rate = smoothed(shown(ofItem), all.clicks / all.times);
      for (const position of positions) {
        const there = ofItem.filter((one) => one.position === position);
        this.#rates.set(`${item} ${position}`, smoothed(shown(there), rate));
      }
    }
  }

  /** The probability of a click on an item at a position. */
  rate(item: string, position: number): number {
    return this.#rates.get(`${item} ${position}`)!;
  }

  /** Whether a visitor clicks: the same number decides for every item, so policies are compared with the same luck. */
  clicks(visitor: number, item: string, position: number): boolean {
    const luck = createHash("sha256").update(`visitor ${visitor}`).digest().readUInt32BE() / 2 ** 32;
    return luck < this.rate(item, position);
  }

  /** The items by what these visitors would click on them, the best first. */
  best(visitors: readonly Logged[]): readonly string[] {
    const expected = (item: string): number =>
      visitors.reduce((sum, { position }) => sum + this.rate(item, position), 0);
    const sums = new Map(this.items.map((item) => [item, expected(item)]));
    return this.items.toSorted((a, b) => sums.get(b)! - sums.get(a)!);
  }
}
