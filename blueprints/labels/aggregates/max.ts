import type { LabelAggregateKind, RunningAggregate } from "../label-aggregate.ts";

class RunningMax implements RunningAggregate {
  #greatest = Number.NEGATIVE_INFINITY;

  insert(value: number): void {
    this.#greatest = Math.max(this.#greatest, value);
  }

  value(): number {
    return this.#greatest;
  }
}

export const max: LabelAggregateKind = {
  name: "max",
  binary: "ofBinary",
  time: "last",
  start: () => new RunningMax(),
};
