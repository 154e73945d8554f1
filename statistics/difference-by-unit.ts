import { spreadByUnit } from "./mean-by-unit.ts";
import { confidenceSequence } from "./paired/confidence-sequence.ts";

/** Rows of one arm of a trial. */
export interface ArmRows {
  readonly values: readonly number[];
  /** Of each row; no unit is in both arms. */
  readonly units: readonly string[];
  /** Not negative; absent: all rows count the same. */
  readonly weights?: readonly number[] | undefined;
}

/** How much higher one arm's mean is. */
export interface DifferenceByUnit {
  readonly value: number;
  /** Bounds that hold however often one looks. */
  readonly low: number;
  readonly high: number;
}

/**
 * The difference of the means of two arms that units were drawn into, with the bounds of Waudby-Smith, Arbour, Sinha,
 * Kennedy and Ramdas (2024) for the effect of a treatment: one sequence over the units of both arms. It is narrower than
 * the two arms' own bounds are together.
 *
 * @returns `undefined`: an arm has no row with a weight above 0
 */
export function differenceByUnit(one: ArmRows, other: ArmRows): DifferenceByUnit | undefined {
  const [ours, theirs] = [one, other].map(({ values, units, weights }) => spreadByUnit(values, units, weights));
  if (ours === undefined || theirs === undefined) return undefined;
  const [value, count] = [ours.mean - theirs.mean, ours.units + theirs.units];
  const [low, high] = confidenceSequence(value, count * (ours.squaredError + theirs.squaredError), count);
  return { value, low, high };
}
