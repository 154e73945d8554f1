import { learnerKinds, registerLearnerKind, Registry, type Blueprint } from "../../blueprints/index.ts";
import type { Learner } from "./learner.ts";

/** A learner under its name. */
interface Named {
  readonly name: string;
  readonly learner: Learner;
}

const learners = new Registry<Named>("learner that can be trained", []);

/**
 * Adds a learner, with its declaration if that was not registered alone. Every process that trains with it registers it
 * first, under the same name and with the same meaning. Throws if the name is another learner's.
 */
export function registerLearner(learner: Learner): void {
  if (!learnerKinds.all().includes(learner.kind)) registerLearnerKind(learner.kind);
  learners.add({ name: learner.kind.name, learner });
}

/** Throws for a name that nobody has registered. */
export const learnerNamed = (name: string): Learner => learners.get(name).learner;

/** Whether all labels of a blueprint are learnt in one fit. */
export function learnsTogether({ labels, model }: Pick<Blueprint, "labels" | "model">): boolean {
  return labels.length > 1 && learnerNamed(model.learner).multiTask?.(model) === true;
}

/** In the order in which they were registered. */
export const allLearners = (): readonly Learner[] => learners.all().map(({ learner }) => learner);
