import type { Feature, Objective, TrainingConfig } from "../../blueprint.ts";
import { cronHint, cronProblem } from "../../cron.ts";
import { BOUNDS, DEFAULTS, METRICS, OBJECTIVES } from "../../defaults.ts";
import { learntObjective, metricsOf, objectiveKind } from "../../objective.ts";
import { formatDuration } from "../../duration.ts";
import { canonicalFormula } from "../../formula/index.ts";
import { mostText, percentText, rangeText, type KeySaid } from "../../key-reference.ts";
import { whole, type Partly } from "../../yaml/partly.ts";
import { complain, type Place } from "../../yaml/place.ts";
import { optional, readSection } from "../../yaml/section.ts";
import { readChoice, readDuration, readNumber, readOrNone, readShare, readText } from "../../yaml/scalars.ts";
import type { BlueprintSection, Reading } from "../blueprint-section.ts";
import { featureType } from "../../features/kinds/index.ts";
import { featuresSection } from "../features.ts";
import { episodesSection } from "../labels/episodes.ts";
import { ladderSection } from "./ladder.ts";
import { labelSection } from "../labels/label.ts";
import { readFeatureNames } from "./feature-names.ts";
import { readWeight } from "./weight.ts";

const ALL_METRICS = OBJECTIVES.flatMap((kind) => METRICS[kind]);

const { schedule, freshRows, minRows, maxRows, holdout, tolerance, refreshAfterMs, evaluation } = DEFAULTS.training;
const KEYS = {
  schedule: ["cron line in UTC, or `none`", schedule],
  freshRows: ["percentage, or `none`", percentText(freshRows), rangeText("freshRows", percentText)],
  minRows: ["whole number", String(minRows), rangeText("minRows")],
  maxRows: [
    "whole number",
    `${maxRows}, or ${BOUNDS.maxRowsPerMinRows} times minRows where that is more`,
    `${rangeText("trainingRows")}, at least ${BOUNDS.maxRowsPerMinRows} times minRows`,
  ],
  holdout: ["percentage", percentText(holdout), rangeText("holdout", percentText)],
  metric: [
    OBJECTIVES.map((each) => `${METRICS[each].join(", ")} for ${each}`).join("; "),
    OBJECTIVES.map((each) => `${DEFAULTS.metric[each]} for ${each}`).join(", "),
  ],
  tolerance: [
    "percentage of the metric, or of an episode's return",
    percentText(tolerance),
    rangeText("tolerance", percentText),
  ],
  refreshAfter: ["duration, or `none`", formatDuration(refreshAfterMs), rangeText("refreshAfter", formatDuration)],
  slices: ["list of features that are categories or booleans", "none", mostText("sliced", "features")],
  calibration: ["percentage of the mean label", "it is not asked", rangeText("calibration", percentText)],
  evaluation: ["number: share of the units", String(evaluation), rangeText("evaluation")],
  weight: ["formula of labels, features and columns: number", "all rows count the same"],
} satisfies Record<string, KeySaid>;

export const trainingSection: BlueprintSection<"training", Partly<TrainingConfig> | undefined> = {
  name: "training",
  said: ["section", "all its defaults"],
  keys: () => KEYS,
  read(blueprint, of) {
    const first = of(labelSection);
    const objective = first?.objective && learntObjective({ objective: first.objective, oneOf: first.oneOf });
    return optional(blueprint, "training", defaultTraining(objective), (place) => readTraining(place, objective, of));
  },
  whole,
  describe: ({
    schedule,
    freshRows,
    minRows,
    maxRows,
    holdout,
    metric,
    tolerance,
    refreshAfterMs,
    slices,
    calibration,
    evaluation,
    weight,
  }) => [
    ["training.schedule", schedule],
    ["training.freshRows", freshRows === null ? null : percentText(freshRows)],
    ["training.minRows", minRows],
    ["training.maxRows", maxRows],
    ["training.holdout", percentText(holdout)],
    ["training.metric", metric],
    ["training.tolerance", percentText(tolerance)],
    ["training.refreshAfter", refreshAfterMs === null ? null : formatDuration(refreshAfterMs)],
    ...(slices.length === 0 ? [] : [["training.slices", slices.join(", ")] as const]),
    ...(calibration === null ? [] : [["training.calibration", percentText(calibration)] as const]),
    ...(evaluation === 0 ? [] : [["training.evaluation", evaluation] as const]),
    ...(weight === null ? [] : [["training.weight", weight] as const]),
  ],
  canonical: ({ weight, maxRows, tolerance, refreshAfterMs, slices, calibration, evaluation, ...training }) => ({
    ...training,
    maxRows: maxRows === mostUnsaid(training.minRows) ? undefined : maxRows,
    tolerance: tolerance === DEFAULTS.training.tolerance ? undefined : tolerance,
    refreshAfterMs: refreshAfterMs === DEFAULTS.training.refreshAfterMs ? undefined : refreshAfterMs,
    slices: slices.length === 0 ? undefined : slices,
    calibration: calibration ?? undefined,
    evaluation: evaluation === 0 ? undefined : evaluation,
    weight: weight === null ? undefined : canonicalFormula(weight),
  }),
};

/** Keys that say nothing of a model that learns from episodes. */
const OF_LABELS = ["maxRows", "metric", "tolerance", "refreshAfter", "slices", "calibration", "evaluation", "weight"];

/** @param objective `undefined`: it could not be read. */
function defaultTraining(objective: Objective | undefined): Partly<TrainingConfig> {
  return {
    ...DEFAULTS.training,
    metric: objective === undefined ? undefined : DEFAULTS.metric[objectiveKind(objective)],
  };
}

const mostUnsaid = (minRows: number): number => Math.max(DEFAULTS.training.maxRows, BOUNDS.maxRowsPerMinRows * minRows);

function readTraining(place: Place, objective: Objective | undefined, of: Reading): Partly<TrainingConfig> {
  const section = readSection(place, Object.keys(KEYS));
  const learn = of(episodesSection)?.learn ?? null;
  // The steps of a ladder tolerate a share of an episode's return.
  const others = of(ladderSection) === null ? OF_LABELS : OF_LABELS.filter((name) => name !== "tolerance");
  for (const name of learn === null ? [] : others) {
    const at = section?.fields.get(name);
    if (at !== undefined)
      complain(at, `${name} is of models that learn labels, and this one learns from episodes`, "take it away");
  }
  const defaults = defaultTraining(objective);
  const fewest = optional(section, "minRows", defaults.minRows, (place) => readNumber(place, BOUNDS.minRows, "whole"));
  return {
    schedule: optional<string | null>(section, "schedule", defaults.schedule, (place) =>
      readOrNone(place, readSchedule),
    ),
    freshRows: optional<number | null>(section, "freshRows", defaults.freshRows, (place) =>
      readOrNone(place, (place) => readShare(place, BOUNDS.freshRows)),
    ),
    minRows: fewest,
    maxRows: optional(section, "maxRows", fewest === undefined ? undefined : mostUnsaid(fewest), (place) => {
      const most = readNumber(place, BOUNDS.trainingRows, "whole");
      const least = BOUNDS.maxRowsPerMinRows * (fewest ?? 0);
      if (most === undefined || most >= least) return most;
      return complain(place, `${most} is less than ten times training.minRows, ${fewest}`, `at least ${least}`);
    }),
    holdout: optional(section, "holdout", defaults.holdout, (place) => readShare(place, BOUNDS.holdout)),
    metric: optional(section, "metric", defaults.metric, (place) => {
      const metric = readChoice(place, ALL_METRICS);
      if (metric === undefined || objective === undefined || metricsOf(objective).includes(metric)) return metric;
      return complain(place, `${metric} can't judge objective ${objective}`, `use ${metricsOf(objective).join(", ")}`);
    }),
    tolerance: optional(section, "tolerance", defaults.tolerance, (place) => readShare(place, BOUNDS.tolerance)),
    refreshAfterMs: optional<number | null>(section, "refreshAfter", defaults.refreshAfterMs, (place) =>
      readOrNone(place, (place) => readDuration(place, BOUNDS.refreshAfter)),
    ),
    slices: optional<readonly string[]>(section, "slices", defaults.slices, (place) =>
      readFeatureNames(place, of(featuresSection), SLICES),
    ),
    calibration: optional<number | null>(section, "calibration", defaults.calibration, (place) => {
      if (objective === undefined || objective === "binary" || objective === "regression")
        return readShare(place, BOUNDS.calibration);
      return complain(place, `objective ${objective} predicts no mean that could be off`, "take calibration away");
    }),
    evaluation: optional<number>(section, "evaluation", defaults.evaluation, (place) =>
      readNumber(place, BOUNDS.evaluation),
    ),
    weight: optional<string | null>(section, "weight", defaults.weight, (place) => readWeight(place, of)),
  };
}

const SLICES = {
  most: BOUNDS.sliced,
  whyNot: (feature: Feature): string | undefined =>
    featureType(feature) === "number" ? "is a number, whose values are too many" : undefined,
  wanted: "name categories and booleans",
};

function readSchedule(place: Place): string | undefined {
  const line = readText(place, "a cron line or none", 200);
  const problem = line === undefined ? null : cronProblem(line);
  return problem === null ? line?.trim().replace(/\s+/g, " ") : complain(place, problem, cronHint(line!));
}
