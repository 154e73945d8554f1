import type { LearningConfig, PromotionRule } from "../config/learning-config.ts";
import { BOUNDS, DEFAULTS, LEARNING_MODES } from "../defaults.ts";
import { canonicalFormula, type FormulaType } from "../formula/index.ts";
import { rangeText, type KeySaid } from "../key-reference.ts";
import { policyTypes, VALUE_TYPES } from "../policy/policy-types.ts";
import { kindOfRule } from "../policy/rules/index.ts";
import { readFormula } from "../yaml/formula.ts";
import { whole, type Partly } from "../yaml/partly.ts";
import { complain, type Place } from "../yaml/place.ts";
import { readChoice, readNumber } from "../yaml/scalars.ts";
import { optional, readSection, required } from "../yaml/section.ts";
import type { BlueprintSection, Reading } from "./blueprint-section.ts";
import { decisionSpaceSection } from "./decision-space.ts";
import { featuresSection } from "./features.ts";
import { labelsSection } from "./labels/labels.ts";
import { policySection } from "./policy.ts";

const LOGGING = ["baseline", "uniform"] as const;
const POSITIONS = ["all", "first"] as const;
const { learning: defaults } = DEFAULTS;

const KEYS = {
  mode: [`one of ${LEARNING_MODES.join(", ")}`, defaults.mode],
  logging: [`one of ${LOGGING.join(", ")}`, defaults.logging],
  baseline: ["formula of features: of the decision space", "the product's default, which the loop does not know"],
  holdout: ["number: share of the units", String(defaults.holdout), rangeText("heldOut")],
  promote: ["section", "no promotion is proposed"],
  "promote.agreement": ["number: share of the decisions", "required", rangeText("agreement")],
  "promote.decisions": ["whole number", "required", rangeText("agreementDecisions")],
  "promote.positions": [`one of ${POSITIONS.join(", ")}`, POSITIONS[0]],
} satisfies Record<string, KeySaid>;

export const learningSection: BlueprintSection<"learning", Partly<LearningConfig> | undefined> = {
  name: "learning",
  said: ["section", "all its defaults"],
  keys: () => KEYS,
  read: (blueprint, of) =>
    optional<Partly<LearningConfig>>(blueprint, "learning", defaults, (place) => readLearning(place, of)),
  whole,
  *describe({ mode, logging, baseline, holdout, promote }) {
    if (mode !== defaults.mode) yield ["learning.mode", mode];
    if (logging !== defaults.logging) yield ["learning.logging", logging];
    if (baseline !== null) yield ["learning.baseline", baseline];
    if (holdout !== 0) yield ["learning.holdout", holdout];
    if (promote === null) return;
    yield ["learning.promote.agreement", promote.agreement];
    yield ["learning.promote.decisions", promote.decisions];
    if (promote.positions !== POSITIONS[0]) yield ["learning.promote.positions", promote.positions];
  },
  canonical({ mode, logging, baseline, holdout, promote }) {
    const own = {
      mode: mode === defaults.mode ? undefined : mode,
      logging: logging === defaults.logging ? undefined : logging,
      baseline: baseline === null ? undefined : canonicalFormula(baseline),
      holdout: holdout === 0 ? undefined : holdout,
      promote: promote === null ? undefined : { ...promote, positions: otherThan(POSITIONS[0], promote.positions) },
    };
    return Object.values(own).every((value) => value === undefined) ? undefined : own;
  },
};

const otherThan = <T>(unsaid: T, said: T): T | undefined => (said === unsaid ? undefined : said);

function readLearning(place: Place, of: Reading): Partly<LearningConfig> | undefined {
  const rule = of(policySection)?.rule;
  if (rule?.kind === "assign")
    return complain(place, '"assign" divides the units already, and no policy acts', "take learning away");
  const section = readSection(place, ["mode", "logging", "baseline", "holdout", "promote"]);
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
    promote: optional<PromotionRule | null>(section, "promote", defaults.promote, (at) => {
      const isOfOptions = rule === undefined || kindOfRule(rule).over !== undefined;
      if (!isOfOptions && section?.fields.has("baseline") === false)
        return complain(at, "the loop does not know the product's own choice", "write baseline beside it");
      return whole(readPromotion(at, rule?.kind));
    }),
  };
}

/** @param rule kind of the policy; `undefined`: it could not be read */
function readPromotion(place: Place, rule: string | undefined): Partly<PromotionRule> | undefined {
  const section = readSection(place, ["agreement", "decisions", "positions"]);
  if (section === undefined) return undefined;
  return {
    agreement: required(section, "agreement", (at) => readNumber(at, BOUNDS.agreement)),
    decisions: required(section, "decisions", (at) => readNumber(at, BOUNDS.agreementDecisions, "whole")),
    positions: optional<PromotionRule["positions"]>(section, "positions", POSITIONS[0], (at) => {
      if (rule === undefined || rule === "rank") return readChoice(at, POSITIONS);
      return complain(at, "only a ranking has positions", "take positions away");
    }),
  };
}
