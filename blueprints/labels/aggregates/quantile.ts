import type { LabelAggregateKind, RunningAggregate } from "../label-aggregate.ts";
import { BySize } from "./by-size.ts";

/** Between two values on a straight line: `quantile_cont` of SQL, type 7 of R, the default of NumPy. */
class RunningQuantile extends BySize implements RunningAggregate {
  readonly #share: number;

  constructor(share: number) {
    super();
    this.#share = share;
  }

  value(): number {
    const { values } = this;
    const place = this.#share * (values.length - 1);
    const below = Math.floor(place);
    const [lower, upper] = [values[below]!, values[Math.ceil(place)]!];
    const [step, part] = [upper - lower, place - below];
    // Between two huge values the step alone may be no number.
    return Number.isFinite(step) ? lower + step * part : lower * (1 - part) + upper * part;
  }
}

/** `quantile(0.9)`: so large a share of the values is at most as large. */
export const quantile: LabelAggregateKind = {
  name: "quantile",
  binary: "never",
  time: "last",
  parameter: { what: "a share", min: 0, max: 1, example: "quantile(0.9)" },
  start: (share) => new RunningQuantile(share!),
};
