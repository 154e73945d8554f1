import type { LabelConfig, Objective, ObservationType } from "../../blueprint.ts";
import type { LearnerKind } from "../../learners/learner-kind.ts";
import type { Names, Partly } from "../../yaml/partly.ts";

/** The parts that labels are checked against. */
export interface LabelKnown {
  readonly observations: Names<ObservationType>;
  /** The kinds that are declared; `undefined`: they could not all be read. */
  readonly kinds: readonly string[] | undefined;
  /** Names of the decision's context and features. */
  readonly ofDecision: Iterable<string>;
  /** The objective of labels that have none of their own; `undefined`: it could not be read. */
  readonly objective: Objective | undefined;
  /** The learner of the labels; `undefined`: it could not be read. */
  readonly learner: LearnerKind | undefined;
}

/** A label without its name. Of one of classes `oneOf` lacks the name and the class. */
export type ReadLabel = Partly<Omit<LabelConfig, "name">>;
