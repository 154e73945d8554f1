import { canonicalFormula } from "../../formula/index.ts";
import { rewardTypes } from "../../labels/reward.ts";
import { readFormula } from "../../yaml/formula.ts";
import { complain } from "../../yaml/place.ts";
import { optional } from "../../yaml/section.ts";
import { noKeys, type BlueprintSection } from "../blueprint-section.ts";
import { featuresSection } from "../features.ts";
import { observationsSection } from "../observations.ts";
import { labelsSection } from "./labels.ts";

/** What a decision was worth, of its labels: a column of the rows. */
export const rewardSection: BlueprintSection<"reward", string | null | undefined> = {
  name: "reward",
  said: ["formula of labels: number, or boolean", "no column"],
  keys: noKeys,
  read(blueprint, of) {
    const { labels, complete } = of(labelsSection);
    const { features } = of(featuresSection);
    const named = labels.flatMap(({ name }) => name ?? []);
    const hint = "a reward is of labels: name what it needs of the observations as a label";
    const unusable = new Map(
      [
        ...Object.keys(of(observationsSection).known).map((name) => [name, `"${name}" is of an observation`] as const),
        ...features.map(({ name }) => [name, `"${name}" is a feature`] as const),
      ].map(([name, reason]) => [name, { reason, hint }] as const),
    );
    return optional<string | null>(blueprint, "reward", null, (place) => {
      if (features.some(({ name }) => name === "reward")) {
        return complain(
          place,
          `"reward" is a feature already, and a column of the rows`,
          "give the feature another name",
        );
      }
      const formula = readFormula(place, { known: rewardTypes(named), complete, unusable }, ["number", "boolean"]);
      if (formula === undefined) return undefined;
      if (formula.names.length > 0 || !complete) return formula.text;
      return complain(place, `"${formula.text}" uses no label`, `name a label: ${named.join(", ")}`);
    });
  },
  whole: (read) => read,
  *describe(reward) {
    if (reward !== null) yield ["reward", reward];
  },
  canonical: (reward) => (reward === null ? undefined : canonicalFormula(reward)),
};
