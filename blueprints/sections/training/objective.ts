import { isScalar } from "yaml";
import type { Objective, ObjectiveKind } from "../../blueprint.ts";
import { BOUNDS, WRITTEN_OBJECTIVES } from "../../defaults.ts";
import { learnerKinds } from "../../learners/index.ts";
import type { LearnerKind } from "../../learners/learner-kind.ts";
import { objectiveKind } from "../../objective.ts";
import { complain, type Place } from "../../yaml/place.ts";
import { readChoice } from "../../yaml/scalars.ts";

/** As the reference says them. */
export const objectivesText = WRITTEN_OBJECTIVES.map((each) => `\`${each}\``).join(" or ");

/** An objective that the learner learns. @param kind `undefined`: it could not be read. */
export function readObjective(place: Place, kind: LearnerKind | undefined): Objective | undefined {
  const objective = readWritten(place);
  if (objective === undefined || kind === undefined) return objective;
  return canLearn(place, objectiveKind(objective), kind) ? objective : undefined;
}

/** Complains if a learner can't learn an objective. */
export function canLearn(place: Place, named: ObjectiveKind, kind: LearnerKind): boolean {
  if (kind.objectives.includes(named)) return true;
  const others = learnerKinds
    .all()
    .flatMap(({ name, objectives }) => (name !== kind.name && objectives.includes(named) ? [name] : []));
  const hint = `use ${kind.objectives.join(" or ")}${others.length === 0 ? "" : `, or learner: ${others.join(" or ")}`}`;
  const reason = kind.unable?.[named];
  const why = reason === undefined ? "" : `: ${reason}`;
  complain(place, `learner ${kind.name} can't learn objective ${named}${why}`, hint);
  return false;
}

const QUANTILE = /^\s*quantile\s*(?:\(\s*(.*?)\s*\))?\s*$/;

function readWritten(place: Place): Objective | undefined {
  const text = isScalar(place.node) ? String(place.node.value) : "";
  if (["multiclass", "multi-class", "softmax", "multi:softprob"].includes(text))
    return complain(
      place,
      `expected ${WRITTEN_OBJECTIVES.join(" | ")}, found "${text}"`,
      "a label of classes says them: classes: [small, large]",
    );
  const match = QUANTILE.exec(text);
  if (match === null) {
    const percent = /^(?:p|perc(?:entile)?_?)(\d{1,2}(?:\.\d+)?)$/i.exec(text)?.[1];
    if (percent === undefined) return readChoice<Objective>(place, WRITTEN_OBJECTIVES);
    return complain(
      place,
      `expected ${WRITTEN_OBJECTIVES.join(" | ")}, found "${text}"`,
      `write quantile(${Number((Number(percent) / 100).toPrecision(12))})`,
    );
  }
  const { min, max } = BOUNDS.quantile;
  const number = match[1] === undefined || match[1] === "" ? Number.NaN : Number(match[1]);
  if (number >= min && number <= max) return `quantile(${number})`;
  const percent = number > 1 && number < 100 ? Number((number / 100).toPrecision(12)) : 0.9;
  return complain(
    place,
    `quantile needs a share from ${min} to ${max} in parentheses, found "${text}"`,
    `write quantile(${percent})`,
  );
}
