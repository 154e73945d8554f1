/** One way to make a label of several observations. */
export interface LabelAggregateKind {
  /** As `label.aggregate` has it. */
  readonly name: string;
  /** Whether the label is 0 or 1: never for sure, where all values are, or whatever they are. */
  readonly binary: "never" | "ofBinary" | "always";
  /** The label's time is that of the first or of the last observation that counts. */
  readonly time: "first" | "last";
  /** Called once a decision, with its first observation. What keeps nothing may give the same one each time. */
  start(): RunningAggregate;
}

/**
 * The aggregate of one decision's values. They come in any order, and its result is a function of the values in the order of their observations:
 * the same bits whatever order they came in.
 */
export interface RunningAggregate {
  /** A value has been put at `values[at]`. */
  insert?(value: number, at: number, values: readonly number[]): void;
  /** Of at least one value. A result that is no finite number is no label. */
  value(values: readonly number[]): number;
}

/** An aggregate that keeps nothing beside the values. */
export function stateless(value: RunningAggregate["value"]): LabelAggregateKind["start"] {
  const running = Object.freeze({ value });
  return () => running;
}
