import { learnerKinds, registerLearnerKind, Registry } from "../../blueprints/index.ts";
import type { Learner } from "./learner.ts";
import { constant } from "./constant.ts";
import { xgboost } from "./xgboost.ts";

/** A learner under its name. */
interface Named {
  readonly name: string;
  readonly learner: Learner;
}

const named = (learner: Learner): Named => ({ name: learner.kind.name, learner });

const learners = new Registry<Named>("learner that can be trained", [named(xgboost), named(constant)]);

/**
 * Adds a learner, with its declaration if that was not registered alone. Every process that trains with it registers it
 * first, under the same name and with the same meaning. Throws if the name is another learner's.
 */
export function registerLearner(learner: Learner): void {
  if (!learnerKinds.all().includes(learner.kind)) registerLearnerKind(learner.kind);
  learners.add(named(learner));
}

/** Throws for a name that nobody has registered. */
export const learnerNamed = (name: string): Learner => learners.get(name).learner;
