import type { LabelAggregateKind, RunningAggregate } from "../label-aggregate.ts";

class RunningMin implements RunningAggregate {
  #least = Number.POSITIVE_INFINITY;

  insert(value: number): void {
    this.#least = Math.min(this.#least, value);
  }

  value(): number {
    return this.#least;
  }
}

export const min: LabelAggregateKind = {
  name: "min",
  binary: "ofBinary",
  time: "last",
  start: () => new RunningMin(),
};
