import type { Objective } from "../../blueprints/index.ts";
import { DomainError } from "../../schemas/index.ts";
import { classNumbers } from "../classes.ts";
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

/** What a learner learns in one fit: one label, or the classes of one. */
export interface FitTask {
  /** Of classes `multiclass`. */
  readonly objective: Objective;
  /** The names of the outputs: one, or one a class. */
  readonly outputs: readonly string[];
  /** One a row; of classes their numbers. */
  readonly values: Float32Array;
  /** The same of other rows, from their labels. */
  valuesOf(labels: readonly Float32Array[]): Float32Array;
}

/** The label of a fit, or the classes of one, for a learner that learns one label at a time. */
export function taskOf(learner: string, labels: readonly FitLabel[]): FitTask {
  const classOf = labels[0]?.classOf;
  if (classOf !== undefined && labels.every((label) => label.classOf === classOf)) {
    return {
      objective: "multiclass",
      outputs: labels.map(({ name }) => name),
      values: classNumbers(labels.map(({ values }) => values)),
      valuesOf: classNumbers,
    };
  }
  const { objective, values } = onlyLabel(learner, labels);
  return { objective, outputs: ["prediction"], values, valuesOf: ([own]) => own! };
}
