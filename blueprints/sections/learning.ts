import type { LearningConfig } from "../blueprint.ts";
import { BOUNDS, DEFAULTS, LEARNING_MODES } from "../defaults.ts";
import { canonicalFormula, type FormulaType } from "../formula/index.ts";
import { rangeText, type KeySaid } from "../key-reference.ts";
import { policyTypes, VALUE_TYPES } from "../policy/policy-types.ts";
import { kindOfRule } from "../policy/rules/index.ts";
import { readFormula } from "../yaml/formula.ts";
import { whole, type Partly } from "../yaml/partly.ts";
import { complain, type Place } from "../yaml/place.ts";
import { readChoice, readNumber } from "../yaml/scalars.ts";
import { optional, readSection } from "../yaml/section.ts";
import type { BlueprintSection, Reading } from "./blueprint-section.ts";
import { decisionSpaceSection } from "./decision-space.ts";
import { featuresSection } from "./features.ts";
import { labelsSection } from "./labels/labels.ts";
import { policySection } from "./policy.ts";

const LOGGING = ["baseline", "uniform"] as const;
const { learning: defaults } = DEFAULTS;

const KEYS = {
  mode: [`one of ${LEARNING_MODES.join(", ")}`, defaults.mode],
  logging: [`one of ${LOGGING.join(", ")}`, defaults.logging],
  baseline: ["formula of features: of the decision space", "the product's default, which the loop does not know"],
  holdout: ["number: share of the units", String(defaults.holdout), rangeText("heldOut")],
} satisfies Record<string, KeySaid>;

export const learningSection: BlueprintSection<"learning", Partly<LearningConfig> | undefined> = {
  name: "learning",
  said: ["section", "all its defaults"],
  keys: () => KEYS,
  read: (blueprint, of) =>
    optional<Partly<LearningConfig>>(blueprint, "learning", defaults, (place) => readLearning(place, of)),
  whole,
  *describe({ mode, logging, baseline, holdout }) {
    if (mode !== defaults.mode) yield ["learning.mode", mode];
    if (logging !== defaults.logging) yield ["learning.logging", logging];
    if (baseline !== null) yield ["learning.baseline", baseline];
    if (holdout !== 0) yield ["learning.holdout", holdout];
  },
  canonical({ mode, logging, baseline, holdout }) {
    const own = {
      mode: mode === defaults.mode ? undefined : mode,
      logging: logging === defaults.logging ? undefined : logging,
      baseline: baseline === null ? undefined : canonicalFormula(baseline),
      holdout: holdout === 0 ? undefined : holdout,
    };
    return Object.values(own).every((value) => value === undefined) ? undefined : own;
  },
};

function readLearning(place: Place, of: Reading): Partly<LearningConfig> | undefined {
  const rule = of(policySection)?.rule;
  if (rule?.kind === "assign")
    return complain(place, '"assign" divides the units already, and no policy acts', "take learning away");
  const section = readSection(place, Object.keys(KEYS));
  const space = of(decisionSpaceSection);
  return {
    mode: optional(section, "mode", defaults.mode, (at) => readChoice(at, LEARNING_MODES)),
    logging: optional<LearningConfig["logging"]>(section, "logging", defaults.logging, (at) => {
      const logging = readChoice(at, LOGGING);
      if (logging !== "uniform" || space?.kind !== "number") return logging;
      return complain(at, "a number has no actions to draw from", "write baseline");
    }),
    baseline: optional<string | null>(section, "baseline", defaults.baseline, (at) => {
      if (rule !== undefined && kindOfRule(rule).over !== undefined)
        return complain(at, "the product's own choice of options is their order", "take baseline away");
      const features = of(featuresSection);
      const texts = space?.kind === "actions" ? space.actions : [];
      const labels = of(labelsSection).labels.flatMap(({ name }) => name ?? []);
      const hint = "the product's own choice asks no model";
      const unusable = new Map(labels.map((name) => [name, { reason: `"${name}" is a label`, hint }] as const));
      const known = policyTypes([], features.features, {});
      const types: readonly FormulaType[] | undefined = space === undefined ? undefined : [VALUE_TYPES[space.kind]];
      const formula = readFormula(at, { known, complete: features.complete, unusable, texts }, types);
      return formula?.text;
    }),
    holdout: optional<number>(section, "holdout", defaults.holdout, (at) => readNumber(at, BOUNDS.heldOut)),
  };
}
