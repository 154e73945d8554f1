import type { DecisionRecorded } from "../../schemas/index.ts";
import type { LoggedDecision } from "../logged-decisions.ts";

/** What a policy would have done in place of a logged decision. */
export interface Acted {
  readonly actions: DecisionRecorded["actions"];
  /** One probability an action; they sum to 1. */
  readonly distribution: readonly number[];
}

/**
 * The reason that this can't be said: the policy has no action there, a feature of it was not logged, or the request of
 * the decision is gone.
 */
export type Lack = "action" | "features" | "request";

export interface Lacks {
  readonly lacks: Lack;
}

/** A policy that is asked about decisions of another one. */
export interface TargetPolicy {
  /** Where its predictions come from. */
  readonly predictions: "none" | "logged" | "model";
  /** The model that makes them; null: none does. */
  readonly modelId: string | null;
  /** Decisions that are asked about at once; all of them where the topics are read for their sake. */
  readonly atOnce: number;
  /** @returns one answer a decision, in their order */
  act(logged: readonly LoggedDecision[]): Promise<readonly (Acted | Lacks)[]>;
  /** Names of features that logged decisions lacked. */
  lacking(): readonly string[];
}

/** So many decisions go through a model at once. */
export const AT_ONCE = 1_000;
