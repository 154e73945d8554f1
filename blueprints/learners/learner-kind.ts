import type { LearnerName, LearnerParameters, ObjectiveKind } from "../blueprint.ts";
import type { Parameter } from "./parameter.ts";

/**
 * A learner as blueprints know it. The code that fits its models is the trainer's, under the same name. A product that
 * registers one adds its parameters to `LearnerParameters`.
 */
export interface LearnerKind<L extends LearnerName = LearnerName> {
  /** As `model.learner` has it. */
  readonly name: L;
  /** At least one. */
  readonly objectives: readonly ObjectiveKind[];
  /** The reasons that it can't learn some of the others. */
  readonly unable?: Readonly<Partial<Record<ObjectiveKind, string>>> | undefined;
  /** Each stands under its name in the section `model`. */
  readonly parameters: { readonly [P in keyof LearnerParameters[L]]: Parameter<LearnerParameters[L][P]> };
}
