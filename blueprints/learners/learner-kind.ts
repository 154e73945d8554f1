import type { LearnerName, LearnerParameters, ObjectiveKind } from "../blueprint.ts";
import type { Parameter } from "./parameter.ts";

/** What a learner can learn. */
export interface LearnerLimits {
  /** At least one. */
  readonly objectives: readonly ObjectiveKind[];
  /** The reasons that it can't learn some of the others. */
  readonly unable?: Readonly<Partial<Record<ObjectiveKind, string>>> | undefined;
}

/** A parameter that can't be with another one. */
export interface ParameterClash {
  readonly parameter: string;
  readonly what: string;
  readonly hint: string;
}

/**
 * A learner as blueprints know it. The code that fits its models is the trainer's, under the same name. A product that
 * registers one adds its parameters to `LearnerParameters`.
 */
export interface LearnerKind<L extends LearnerName = LearnerName> extends LearnerLimits {
  /** As `model.learner` has it. */
  readonly name: L;
  /** What it can't learn with some of its parameters; `undefined`: all is as above. A parameter that could not be read is absent. */
  limits?(parameters: Partial<LearnerParameters[L]>): LearnerLimits | undefined;
  /** Parameters that can't be together; `undefined`: there are none. A parameter that could not be read is absent. */
  clash?(parameters: Partial<LearnerParameters[L]>): ParameterClash | undefined;
  /** Each stands under its name in the section `model`. */
  readonly parameters: { readonly [P in keyof LearnerParameters[L]]: Parameter<LearnerParameters[L][P]> };
}
