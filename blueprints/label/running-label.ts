import type { LabelAggregate } from "../blueprint.ts";
import type { Label, LabelValue, Observation } from "./compile-label.ts";

interface Counted {
  readonly time: number;
  readonly values: Observation["values"];
  readonly id: string;
  /** What orders the values, once they were compared. */
  text: string | undefined;
}

/**
 * A label whose observations come one by one, in any order: at every moment it is the label of those that came so far, to the bit. They are
 * ordered by time, then by their declared values as canonical JSON, then by id. One that is the newest costs the same however many there are; another
 * one a search for its place and, for sum and mean, an addition for each that follows. An id is not looked at twice: leave out what came before.
 */
export class RunningLabel {
  readonly #label: Label;
  readonly #counted: Counted[] = [];
  /** In the same order. */
  readonly #values: number[] = [];
  /** By size; only for the median. */
  readonly #bySize: number[] = [];
  #min = Number.POSITIVE_INFINITY;
  #max = Number.NEGATIVE_INFINITY;
  #any = false;
  /** Of the first `#summed` values. */
  #sum = 0;
  #summed = 0;

  constructor(label: Label) {
    this.#label = label;
  }

  /** How many observations count. */
  get counted(): number {
    return this.#counted.length;
  }

  add({ time, values, id = "" }: Observation): void {
    const value = this.#label.valueOf(values);
    if (value === null) return;
    const one: Counted = { time, values, id, text: undefined };
    const at = placeOf(one, this.#counted, this.#label);
    this.#counted.splice(at, 0, one);
    this.#values.splice(at, 0, value);
    if (at < this.#summed) [this.#sum, this.#summed] = [0, 0];
    this.#min = Math.min(this.#min, value);
    this.#max = Math.max(this.#max, value);
    this.#any ||= value !== 0;
    if (this.#label.aggregate === "median") this.#bySize.splice(placeBySize(value, this.#bySize), 0, value);
  }

  /** Null when none counts, or where the result is no finite number. */
  get value(): LabelValue | null {
    const last = this.#counted.at(-1);
    if (last === undefined) return null;
    const value = this.#aggregated(this.#label.aggregate);
    if (!Number.isFinite(value)) return null;
    return { value, time: this.#label.aggregate === "earliest" ? this.#counted[0]!.time : last.time };
  }

  #aggregated(aggregate: LabelAggregate): number {
    switch (aggregate) {
      case "earliest":
        return this.#values[0]!;
      case "latest":
        return this.#values.at(-1)!;
      case "sum":
        return this.#total();
      case "mean":
        return this.#total() / this.#values.length;
      case "min":
        return this.#min;
      case "max":
        return this.#max;
      case "median":
        return median(this.#bySize);
      case "any":
        return this.#any ? 1 : 0;
      case "count":
        return this.#values.length;
    }
  }

  /** Added in the observations' order: another one would give other bits. */
  #total(): number {
    for (; this.#summed < this.#values.length; this.#summed++) this.#sum += this.#values[this.#summed]!;
    return this.#sum;
  }
}

/** Behind all that are not after it. */
function placeOf(one: Counted, all: readonly Counted[], label: Label): number {
  const last = all.at(-1);
  if (last === undefined || last.time < one.time) return all.length;
  let [low, high] = [0, all.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compare(one, all[middle]!, label) < 0) high = middle;
    else low = middle + 1;
  }
  return low;
}

function compare(a: Counted, b: Counted, label: Label): number {
  if (a.time !== b.time) return a.time - b.time;
  const [one, other] = [(a.text ??= label.orderOf(a.values)), (b.text ??= label.orderOf(b.values))];
  if (one !== other) return one < other ? -1 : 1;
  return a.id === b.id ? 0 : a.id < b.id ? -1 : 1;
}

function placeBySize(value: number, sorted: readonly number[]): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

function median(sorted: readonly number[]): number {
  const half = sorted.length >> 1;
  const upper = sorted[half]!;
  return sorted.length % 2 === 1 ? upper : (sorted[half - 1]! + upper) / 2;
}
