import type { LabelAggregateKind, RunningAggregate } from "../label-aggregate.ts";

class RunningMedian implements RunningAggregate {
  readonly #bySize: number[] = [];

  insert(value: number): void {
    this.#bySize.splice(placeBySize(value, this.#bySize), 0, value);
  }

  value(): number {
    const half = this.#bySize.length >> 1;
    const upper = this.#bySize[half]!;
    return this.#bySize.length % 2 === 1 ? upper : (this.#bySize[half - 1]! + upper) / 2;
  }
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

export const median: LabelAggregateKind = {
  name: "median",
  binary: "never",
  time: "last",
  start: () => new RunningMedian(),
};
