import { DomainError } from "../../schemas/index.ts";
import type { FitLabel } from "./learner.ts";

/** The label of a fit, for a learner that learns one alone. */
export function onlyLabel(learner: string, labels: readonly FitLabel[]): FitLabel {
  const [label, second] = labels;
  if (label !== undefined && second === undefined) return label;
  throw new DomainError(
    "BAD_TRAINING_DATA",
    `${learner} learns one label at a time, not ${labels.length}: fit one model for each`,
  );
}
