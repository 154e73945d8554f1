import { isMap } from "yaml";
import type { RewardConfig } from "../../blueprint.ts";
import { BOUNDS } from "../../defaults.ts";
import { mostText, rangeText, type KeySaid } from "../../key-reference.ts";
import { canonicalReward, rewardTypes } from "../../labels/reward.ts";
import { readFormula } from "../../yaml/formula.ts";
import { complain, type Place } from "../../yaml/place.ts";
import { checkName, readNumber } from "../../yaml/scalars.ts";
import { optional, readEntries, readSection, required } from "../../yaml/section.ts";
import type { BlueprintSection, Reading } from "../blueprint-section.ts";
import { featuresSection } from "../features.ts";
import { observationsSection } from "../observations.ts";
import { labelsSection } from "./labels.ts";

const KEYS = {
  formula: ["formula of labels and weights: number, or boolean", "required in a section"],
  weights: ["names and numbers", "none", `${mostText("params", "weights")}, ${rangeText("param")} each`],
} satisfies Record<string, KeySaid>;

/** What a decision was worth, of its labels: a column of the rows. */
export const rewardSection: BlueprintSection<"reward", RewardConfig | null | undefined> = {
  name: "reward",
  said: ["formula of labels: number, or boolean; or a section", "no column"],
  keys: () => KEYS,
  read: (blueprint, of) => optional<RewardConfig | null>(blueprint, "reward", null, (place) => readReward(place, of)),
  whole: (read) => read,
  *describe(reward) {
    if (reward === null) return;
    yield ["reward", reward.formula];
    for (const [name, weight] of Object.entries(reward.weights)) yield [`reward.weights.${name}`, weight];
  },
  canonical: (reward) => (reward === null ? undefined : canonicalReward(reward)),
};

function readReward(place: Place, of: Reading): RewardConfig | undefined {
  const { labels } = of(labelsSection);
  const { features } = of(featuresSection);
  const names = labels.flatMap(({ name }) => name ?? []);
  if (features.some(({ name }) => name === "reward")) {
    return complain(place, `"reward" is a feature already, and a column of the rows`, "give the feature another name");
  }
  if (!isMap(place.node)) {
    const formula = readText(place, of, {});
    return formula === undefined ? undefined : { formula, weights: {} };
  }
  const section = readSection(place, Object.keys(KEYS));
  const known = new Map([
    ...names.map((name) => [name, "a label"] as const),
    ...features.map(({ name }) => [name, "a feature"] as const),
  ]);
  const weights = optional<Weights>(section, "weights", {}, (at) => readWeights(at, known));
  const formula = required(section, "formula", (at) => readText(at, of, weights));
  return formula === undefined || weights === undefined ? undefined : { formula, weights };
}

type Weights = RewardConfig["weights"];

/** @param taken names that mean something else, each with what */
function readWeights(place: Place, taken: ReadonlyMap<string, string>): Weights | undefined {
  const entries = readEntries(place, "a section of names and numbers");
  if (entries === undefined) return undefined;
  if (entries.length > BOUNDS.params)
    return complain(place, `at most ${BOUNDS.params} weights, found ${entries.length}`);
  const weights: Record<string, number> = {};
  let isWhole = true;
  for (const { name, key, value, again } of entries) {
    const other = taken.get(name);
    const isNamed = checkName(key, name) && !again;
    if (isNamed && other !== undefined) complain(key, `"${name}" is ${other} already`, "choose another name");
    const weight = readNumber(value, BOUNDS.param);
    if (isNamed && other === undefined && weight !== undefined) weights[name] = weight;
    else {
      place.source.broken.add(name);
      isWhole = false;
    }
  }
  return isWhole ? weights : undefined;
}

/** @param weights `undefined`: some could not be read */
function readText(place: Place, of: Reading, weights: Weights | undefined): string | undefined {
  const { labels, complete } = of(labelsSection);
  const { features } = of(featuresSection);
  const named = labels.flatMap(({ name }) => name ?? []);
  const hint = "a reward is of labels: name what it needs of the observations as a label";
  const unusable = new Map(
    [
      ...Object.keys(of(observationsSection).known).map((name) => [name, `"${name}" is of an observation`] as const),
      ...features.map(({ name }) => [name, `"${name}" is a feature`] as const),
    ]
      .filter(([name]) => !Object.hasOwn(weights ?? {}, name))
      .map(([name, reason]) => [name, { reason, hint }] as const),
  );
  const known = rewardTypes([...named, ...Object.keys(weights ?? {})]);
  const isKnown = complete && weights !== undefined;
  const formula = readFormula(place, { known, complete: isKnown, unusable }, ["number", "boolean"]);
  if (formula === undefined) return undefined;
  if (!isKnown || formula.names.some((name) => named.includes(name))) return formula.text;
  return complain(place, `"${formula.text}" uses no label`, `name a label: ${named.join(", ")}`);
}
