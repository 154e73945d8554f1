import type { Label, LabelValue, Observation } from "./compile-label.ts";
import type { RunningAggregate } from "./label-aggregate.ts";

interface Counted {
  readonly time: number;
  readonly values: Observation["values"];
  readonly id: string;
  /** The text that orders values, once they were compared. */
  text: string | undefined;
}

/**
 * A label whose observations come one by one, in any order. At every moment it is the label of the observations so far,
 * to the bit. Observations are ordered by time, then by their declared values as canonical JSON, then by id. The newest
 * observation costs the same however many there are; any other costs a search for its place and, for sum and mean, an
 * addition for each one behind it. Ids are not checked: the caller leaves out repetitions.
 */
export class RunningLabel {
  readonly #label: Label;
  readonly #counted: Counted[] = [];
  /** In the same order. */
  readonly #values: number[] = [];
  #aggregate: RunningAggregate | undefined;

  constructor(label: Label) {
    this.#label = label;
  }

  /** Number of observations that count. */
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
    this.#aggregate ??= this.#label.aggregate.start();
    this.#aggregate.insert?.(value, at, this.#values);
  }

  /** Null if none counts, or if the result is no finite number. */
  get value(): LabelValue | null {
    const last = this.#counted.at(-1);
    if (last === undefined) return null;
    const value = this.#aggregate!.value(this.#values);
    if (!Number.isFinite(value)) return null;
    return { value, time: this.#label.aggregate.time === "first" ? this.#counted[0]!.time : last.time };
  }
}

/** The place behind all observations that are not after it. */
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
