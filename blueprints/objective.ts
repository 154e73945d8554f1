import type { LabelConfig, Metric, Objective, ObjectiveKind } from "./blueprint.ts";
import { METRICS } from "./defaults.ts";

export const objectiveKind = (objective: Objective): ObjectiveKind =>
  objective.startsWith("quantile(") ? "quantile" : (objective as Exclude<ObjectiveKind, "quantile">);

/** The share of `quantile(0.9)`, between 0 and 1; `undefined`: the objective is another one. */
export function quantileOf(objective: Objective): number | undefined {
  return objectiveKind(objective) === "quantile" ? Number(objective.slice("quantile(".length, -1)) : undefined;
}

/** An objective of a kind, where nobody says its number. */
export const unsaidObjective = (kind: ObjectiveKind): Objective => (kind === "quantile" ? "quantile(0.5)" : kind);

/** The metrics that can judge a model of an objective. Of absolute errors the median makes the least, and no other quantile. */
export const metricsOf = (objective: Objective): readonly Metric[] =>
  METRICS[objectiveKind(objective)].filter((metric) => metric !== "mae" || quantileOf(objective) === 0.5);

/** What a learner is asked to learn for a label: a class is learnt together with the others. */
export const learntObjective = ({ objective, oneOf }: Pick<LabelConfig, "objective" | "oneOf">): Objective =>
  oneOf === undefined ? objective : "multiclass";
