import type { ModelConfig } from "../blueprint.ts";
import { BOUNDS, DEFAULTS, OBJECTIVES } from "../defaults.ts";
import { rangeText, type KeySaid } from "../key-reference.ts";
import { whole, type Partly } from "../yaml/partly.ts";
import type { Place } from "../yaml/place.ts";
import { optional, readSection } from "../yaml/section.ts";
import { readChoice, readNumber } from "../yaml/scalars.ts";
import type { BlueprintSection } from "./blueprint-section.ts";

const { model } = DEFAULTS;
const number = (name: Exclude<keyof ModelConfig, "objective" | "learner">, whole = false): KeySaid => [
  whole ? "whole number" : "number",
  String(model[name]),
  rangeText(name),
];
const KEYS: Readonly<Record<keyof ModelConfig, KeySaid>> = {
  objective: [OBJECTIVES.map((each) => `\`${each}\``).join(" or "), model.objective],
  learner: ["`xgboost`", model.learner],
  depth: number("depth", true),
  rounds: number("rounds", true),
  learningRate: number("learningRate"),
  minChildWeight: number("minChildWeight"),
  subsample: number("subsample"),
  l2: number("l2"),
  maxBins: number("maxBins", true),
  seed: number("seed", true),
};

export const modelSection: BlueprintSection<"model", Partly<ModelConfig> | undefined> = {
  name: "model",
  said: ["section", "all its defaults"],
  keys: () => KEYS,
  read: (blueprint) => optional(blueprint, "model", model, readModel),
  whole,
  *describe(model) {
    for (const [name, value] of Object.entries(model)) yield [`model.${name}`, value];
  },
  canonical: (model) => model,
};

function readModel(place: Place): Partly<ModelConfig> {
  const section = readSection(place, Object.keys(KEYS));
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
