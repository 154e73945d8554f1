import type { Cells } from "./table-profile.ts";

/** A decision that is looked at together with its observations. */
export interface SampledDecision {
  /** ms. */
  readonly time: number;
  readonly unit: string | null;
  readonly cells: Cells;
}

export interface SampledObservation {
  /** The place of its decision in the sample. */
  readonly decision: number;
  readonly time: number;
  readonly kind: string | null;
  readonly cells: Cells;
}

/** An event of no decision. */
export interface SampledEvent {
  readonly time: number;
  readonly kind: string;
  readonly cells: Cells;
}

/** The first decisions of the file with all that belongs to them, each list in the order of its times. */
export interface Sample {
  readonly decisions: readonly SampledDecision[];
  readonly observations: readonly SampledObservation[];
  readonly events: readonly SampledEvent[];
}
