import type { LoggedDecision } from "./logged-decisions.ts";

/** The stages of a decision, and `record` for a decision that can't be compared at all. */
export type DifferenceKind =
  | "record"
  | "request"
  | "blueprint"
  | "features"
  | "model"
  | "posterior"
  | "predictions"
  | "parameters"
  | "mode"
  | "seed"
  | "propensity"
  | "action";

export interface Difference {
  readonly decisionId: string;
  readonly useCase: string;
  readonly decisionTime: number;
  readonly kind: DifferenceKind;
  /** Name of the feature, of the label that is predicted or of the parameter, or of the record's field. */
  readonly field: string;
  readonly logged: unknown;
  readonly recomputed: unknown;
  /** The harmless cause; null: none is known. */
  readonly cause: string | null;
}

export function differenceOf(
  { decision }: LoggedDecision,
  kind: DifferenceKind,
  field: string,
  logged: unknown,
  recomputed: unknown,
): Difference {
  const { decisionId, useCase, decisionTime } = decision;
  return { decisionId, useCase, decisionTime, kind, field, logged, recomputed, cause: null };
}
