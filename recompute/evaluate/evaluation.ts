import type { LeftOut } from "../../rows/index.ts";
import type { Estimate, Interval, Support, Wealth } from "../../statistics/index.ts";

/** The least support that estimates are given for (decision 065). */
export const SUPPORT_BOUNDS = Object.freeze({
  effectiveDecisions: 100,
  meanWeight: Object.freeze([0.8, 1.2] as const),
  /** Of what the target does, so much may be what the log could not have done. */
  untried: 0.01,
  /** Of the decisions with a reward, so many may lack an action of the target. */
  withoutAction: 0.05,
});

/** Of all intervals so many hold the true value, as far as rewards are not too rare for normal ones. */
export const LEVEL = 0.95;

export interface Estimated extends Estimate {
  readonly interval: Interval;
}

/** Decisions with a reward about which nothing can be said. */
export interface LeftOutDecisions {
  /** Their propensity is not known, or the product's default acted. */
  readonly withoutPropensity: number;
  /** The target has no action there: no prediction, or nothing to choose from. */
  readonly withoutAction: number;
  /** Features of the target were not logged. */
  readonly withoutFeatures: number;
  /** Their request, with all options, is gone. */
  readonly withoutRequest: number;
  /** Their version is gone, or decided on another kind of value. */
  readonly ofOtherVersions: number;
}

/** The value of a policy by decisions of others. */
export interface Evaluation {
  readonly useCase: string;
  readonly policy: string;
  readonly predictions: "none" | "logged" | "model";
  readonly modelId: string | null;
  /** The label, or the column of the rows. */
  readonly reward: string;
  readonly folds: number;
  readonly level: number;
  /** Decisions with a reward; those without one yet are not counted. */
  readonly rewarded: number;
  readonly leftOut: LeftOutDecisions;
  /** Features of the target that some decisions lacked. */
  readonly lacking: readonly string[];
  /** Rows of other versions or that can't be read. */
  readonly leftOutRows: readonly LeftOut[];
  readonly support: Support;
  /** As far as the log has the probabilities of all actions. */
  readonly untried: {
    /** Of what the target does, what the log could not have done: its rewards are in no estimate. */
    readonly share: number;
    /** Decisions among them that were not drawn at all. */
    readonly certain: number;
  };
  readonly bounds: typeof SUPPORT_BOUNDS;
  /** Why there are no estimates, in words; empty: there are. */
  readonly refused: readonly string[];
  /** By the name of the estimator; null: refused. */
  readonly estimates: Readonly<Record<string, Estimated>> | null;
  /** A bet that the policy is worth more than what was logged (`betOnPolicy`); null: there are no estimates, or a reward lies outside of [0, 1]. */
  readonly bet: Wealth | null;
  /** The mean reward of the same decisions as they were; null: there are fewer than two. */
  readonly logged: Estimated | null;
}
