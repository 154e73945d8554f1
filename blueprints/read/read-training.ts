import type { Objective, TrainingConfig } from "../blueprint.ts";
import { cronProblem } from "../cron.ts";
import { BOUNDS, DEFAULTS, KEYS, METRICS } from "../defaults.ts";
import type { Partly } from "./partly.ts";
import { complain, type Place } from "./place.ts";
import { optional, readSection } from "./section.ts";
import { readChoice, readNumber, readOrNone, readShare, readText } from "./values.ts";

const ALL_METRICS = [...METRICS.binary, ...METRICS.regression];

/** @param objective `undefined`: it could not be read. */
export function defaultTraining(objective: Objective | undefined): Partly<TrainingConfig> {
  return { ...DEFAULTS.training, metric: objective === undefined ? undefined : DEFAULTS.metric[objective] };
}

export function readTraining(place: Place, objective: Objective | undefined): Partly<TrainingConfig> {
  const section = readSection(place, KEYS.training);
  const defaults = defaultTraining(objective);
  return {
    schedule: optional<string | null>(section, "schedule", defaults.schedule, (place) =>
      readOrNone(place, readSchedule),
    ),
    freshRows: optional<number | null>(section, "freshRows", defaults.freshRows, (place) =>
      readOrNone(place, (place) => readShare(place, BOUNDS.freshRows)),
    ),
    minRows: optional(section, "minRows", defaults.minRows, (place) => readNumber(place, BOUNDS.minRows, "whole")),
    holdout: optional(section, "holdout", defaults.holdout, (place) => readShare(place, BOUNDS.holdout)),
    metric: optional(section, "metric", defaults.metric, (place) => {
      const metric = readChoice(place, ALL_METRICS);
      if (metric === undefined || objective === undefined || METRICS[objective].includes(metric)) return metric;
      return complain(place, `${metric} can't judge objective ${objective}`, `use ${METRICS[objective].join(", ")}`);
    }),
  };
}

function readSchedule(place: Place): string | undefined {
  const line = readText(place, "a cron line or none", 200);
  const problem = line === undefined ? null : cronProblem(line);
  return problem === null ? line?.trim().replace(/\s+/g, " ") : complain(place, problem);
}
