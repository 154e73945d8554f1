import type { LabelAggregateKind, RunningAggregate } from "../label-aggregate.ts";

/** Whether one of the values is not 0. */
class RunningAny implements RunningAggregate {
  #any = false;

  insert(value: number): void {
    this.#any ||= value !== 0;
  }

  value(): number {
    return this.#any ? 1 : 0;
  }
}

export const any: LabelAggregateKind = {
  name: "any",
  binary: "always",
  time: "last",
  start: () => new RunningAny(),
};
