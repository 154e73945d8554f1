import type { LearnerName, LearnerParameters, Objective } from "../blueprint.ts";
import type { Parameter } from "./parameter.ts";

/**
 * A learner as blueprints know it. The code that fits its models is the trainer's, under the same name. A product that
 * registers one adds its parameters to `LearnerParameters`.
 */
export interface LearnerKind<L extends LearnerName = LearnerName> {
  /** As `model.learner` has it. */
  readonly name: L;
  /** At least one. */
  readonly objectives: readonly Objective[];
  /** Each stands under its name in the section `model`. */
  readonly parameters: { readonly [P in keyof LearnerParameters[L]]: Parameter<LearnerParameters[L][P]> };
}
