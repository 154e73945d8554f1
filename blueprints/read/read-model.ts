import type { ModelConfig } from "../blueprint.ts";
import { BOUNDS, DEFAULTS, KEYS, OBJECTIVES } from "../defaults.ts";
import type { Partly } from "./partly.ts";
import type { Place } from "./place.ts";
import { optional, readSection } from "./section.ts";
import { readChoice, readNumber } from "./values.ts";

export function readModel(place: Place): Partly<ModelConfig> {
  const section = readSection(place, KEYS.model);
  const number = (
    name: Exclude<keyof ModelConfig, "objective" | "learner">,
    whole: "whole" | "any",
  ): number | undefined =>
    optional(section, name, DEFAULTS.model[name], (place) => readNumber(place, BOUNDS[name], whole));
  return {
    objective: optional(section, "objective", DEFAULTS.model.objective, (place) => readChoice(place, OBJECTIVES)),
    learner: optional(section, "learner", DEFAULTS.model.learner, (place) => readChoice(place, ["xgboost"] as const)),
    depth: number("depth", "whole"),
    rounds: number("rounds", "whole"),
    learningRate: number("learningRate", "any"),
    minChildWeight: number("minChildWeight", "any"),
    subsample: number("subsample", "any"),
    l2: number("l2", "any"),
    maxBins: number("maxBins", "whole"),
    seed: number("seed", "whole"),
  };
}
