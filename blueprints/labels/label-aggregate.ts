/** A way to make one label from several observations. */
export interface LabelAggregateKind {
  /** Its name in `label.aggregate`. */
  readonly name: string;
  /** When the label is sure to be 0 or 1: never, if all values are, or always. */
  readonly binary: "never" | "ofBinary" | "always";
  /** The label's time is that of the first or of the last observation that counts. */
  readonly time: "first" | "last";
  /** A number that is written behind the name in parentheses. Absent: there is none. */
  readonly parameter?: AggregateParameter;
  /**
   * Called once for each decision, with its first observation. An aggregate without state may return the same object
   * each time.
   *
   * @param parameter within its bounds; `undefined` if the aggregate has none
   */
  start(parameter?: number): RunningAggregate;
}

/** Bounds are included. */
export interface AggregateParameter {
  /** In words, for errors: "a share". */
  readonly what: string;
  readonly min: number;
  readonly max: number;
  /** As it is written in a blueprint. */
  readonly example: string;
}

/**
 * The aggregate of one decision's values. Values come in any order. The result depends only on the values in the order
 * of their observations: the same bits, whatever the order of arrival.
 */
export interface RunningAggregate {
  /** Called after a value was put at `values[at]`. */
  insert?(value: number, at: number, values: readonly number[]): void;
  /** Called with at least one value. A result that is no finite number is no label. */
  value(values: readonly number[]): number;
}

/** An aggregate that keeps nothing beside the values. */
export function stateless(value: RunningAggregate["value"]): LabelAggregateKind["start"] {
  const running = Object.freeze({ value });
  return () => running;
}
