import { isScalar } from "yaml";
import type { ContextType, PolicyConfig, PolicyRule } from "../blueprint.ts";
import { BOUNDS } from "../defaults.ts";
import { canonicalFormula, type UnusableName } from "../formula/index.ts";
import { keysOfPart, mostText, type KeySaid } from "../key-reference.ts";
import { featuresOfOption } from "../options/of-option.ts";
import type { PlacedFormula, ReadRule, RuleKnown } from "../policy/policy-rule.ts";
import { PARAMS, readParams, type PolicyParams } from "../policy/params.ts";
import { policyTypes } from "../policy/policy-types.ts";
import { posteriorNames } from "../posterior/names.ts";
import { laterFormula, unusableInPolicy, type NamesBesidePolicy } from "../policy/unusable-names.ts";
import { kindOfRule, policyRules } from "../policy/rules/index.ts";
import { OPTION_COLUMNS } from "../reserved-columns.ts";
import { doubtPolicy, type PolicyKnown } from "../read/doubts.ts";
import { valueNames } from "../labels/prediction-names.ts";
import { readFormula } from "../yaml/formula.ts";
import { optionEntries } from "../values/option-entries.ts";
import { whole, type Names, type Partly } from "../yaml/partly.ts";
import { complain, type Place } from "../yaml/place.ts";
import { optional, readEntries, readSection, required, type Section } from "../yaml/section.ts";
import { checkName } from "../yaml/scalars.ts";
import type { BlueprintSection } from "./blueprint-section.ts";
import { contextSection } from "./context.ts";
import { decisionSpaceSection } from "./decision-space.ts";
import { featuresSection } from "./features.ts";
import { episodesSection } from "./labels/episodes.ts";
import { labelsSection } from "./labels/labels.ts";
import { observationsSection } from "./observations.ts";
import { posteriorSection } from "./training/posterior.ts";

const FORMULAS: KeySaid = ["names and formulas", "none", mostText("formulas", "formulas")];

export const policySection: BlueprintSection<"policy", Partly<PolicyConfig> | undefined> = {
  name: "policy",
  said: ["section", "required"],
  keys: () =>
    Object.fromEntries([["params", PARAMS], ["formulas", FORMULAS], ...policyRules.all().flatMap(keysOfPart)]),
  read(blueprint, of) {
    const episodes = of(episodesSection);
    const known = of(labelsSection);
    // What a model predicts is not known either while its episodes are wrong.
    const areKnown = episodes === null || episodes?.learn !== undefined;
    const labels = areKnown ? known : { ...known, complete: false };
    const features = of(featuresSection);
    const space = of(decisionSpaceSection);
    const beside = { context: of(contextSection), observations: of(observationsSection).known };
    return required(blueprint, "policy", (place) => {
      const posterior = of(posteriorSection);
      const learns = episodes?.learn;
      const values = learns === undefined || learns === null || space === undefined ? null : valueNames(space);
      const policy = readPolicy(place, { labels, features, space }, { ...beside, values }, posterior);
      const { rule } = policy;
      if (posterior !== null && rule !== undefined && kindOfRule(rule).over === undefined)
        complain(
          blueprint!.fields.get("posterior") ?? place,
          `a posterior is of options, and "${rule.kind}" scores none`,
          "take choose or rank, or take the posterior away",
        );
      return policy;
    });
  },
  whole,
  *describe({ params, formulas, rule }) {
    for (const [name, { default: fallback, min, max }] of Object.entries(params))
      yield [`policy.params.${name}`, `${fallback} (${min} to ${max})`];
    for (const { name, formula } of formulas) yield [`policy.formulas.${name}`, formula];
    for (const [path, value] of kindOfRule(rule).describe(rule)) yield [`policy.${path}`, value];
  },
  canonical: ({ params, formulas, rule }) => ({
    params: Object.keys(params).length === 0 ? undefined : params,
    formulas: formulas.map(({ name, formula }) => ({ name, formula: canonicalFormula(formula) })),
    [rule.kind]: kindOfRule(rule).canonical(rule),
  }),
};

function readPolicy(
  place: Place,
  known: Omit<PolicyKnown, "params">,
  beside: Pick<NamesBesidePolicy, "observations"> & {
    readonly context: Names<ContextType>;
    /** What a model of episodes predicts, in place of the labels; null: there is none. */
    readonly values: readonly string[] | null;
  },
  posterior: object | null | undefined,
): Partly<PolicyConfig> {
  const { labels, features, space } = known;
  const section = readSection(place, ["params", "formulas", ...policyRules.names()], undefined, ruleHint(place));
  const labelNames = labels.labels.flatMap(({ name }) => name ?? []);
  const predictions = [...(beside.values ?? labelNames), ...posteriorNames(posterior)];
  const inputs = policyTypes(predictions, features.features);
  const params = optional<PolicyParams>(section, "params", {}, (at) =>
    readParams(at, (name) => (Object.hasOwn(inputs, name) ? "a label or a feature" : undefined)),
  );
  const types = policyTypes(predictions, features.features, params);
  const isKnown = features.complete && labels.complete;
  const unusable = isKnown
    ? unusableInPolicy({
        observations: beside.observations,
        context: { ...optionEntries(space), ...beside.context.known },
        features: features.features,
        labels: labelNames,
        posterior,
      })
    : new Map<string, UnusableName>();
  const beyond = new Map(unusable);
  for (const name of beside.values === null ? [] : labelNames)
    beyond.set(name, {
      reason: `"${name}" is a label, and the model learns what actions are worth`,
      hint: `write ${beside.values![0]!}`,
    });
  for (const { name, oneOf } of labels.labels) {
    if (name === undefined || oneOf === undefined || beyond.has(oneOf.label) || Object.hasOwn(types, oneOf.label))
      continue;
    beyond.set(oneOf.label, { reason: `"${oneOf.label}" has a probability for each class`, hint: `write ${name}` });
  }
  const named = new Map<string, PlacedFormula>();
  let complete = features.complete && labels.complete && params !== undefined;
  const texts = space?.kind === "actions" ? space.actions : [];
  const formulas = optional<true>(section, "formulas", true, (place) => {
    const entries = readEntries(place, "a section of names and formulas");
    if (entries === undefined) return undefined;
    if (entries.length > BOUNDS.formulas) {
      return complain(place, `at most ${BOUNDS.formulas} formulas, found ${entries.length}`);
    }
    const later = new Set(entries.map(({ name }) => name).filter((name) => !Object.hasOwn(types, name)));
    for (const { name, key, value, again } of entries) {
      if (!checkName(key, name) || again) {
        place.source.broken.add(name);
        complete = false;
        continue;
      }
      if (Object.hasOwn(types, name)) {
        const what = Object.hasOwn(inputs, name) ? "a label or a feature" : "a parameter";
        complain(key, `"${name}" is ${what} already`, "choose another name");
        continue;
      }
      const below = [...later].map((each) => [each, laterFormula(each, name)] as const);
      const names = { known: types, complete, texts, unusable: new Map([...beyond, ...below]) };
      const formula = readFormula(value, names, ["number", "boolean", "string"]);
      later.delete(name);
      if (formula === undefined) {
        place.source.broken.add(name);
        continue;
      }
      named.set(name, { formula, place: value });
      types[name] = formula.type;
    }
    return true;
  });
  if (formulas === undefined) complete = false;
  const rule = readRule(section, {
    names: { known: types, complete, texts, unusable: beyond },
    formulas: named,
    space,
  });
  if (section !== undefined && rule !== undefined) checkFeatures(section.place, rule.rule, known, beside.context);
  if (section !== undefined) doubtPolicy(section, named, rule, { ...known, params: params ?? {} });
  return {
    params,
    formulas: formulas && [...named].map(([name, { formula }]) => ({ name, formula: formula.text })),
    rule: rule?.rule,
  };
}

/** Of a policy that is its formula alone. */
function ruleHint({ node }: Place): string | null {
  const text = isScalar(node) && typeof node.value === "string" ? node.value : "";
  return text === "" ? null : `write { ${policyRules.names()[0]!}: ${JSON.stringify(text.slice(0, 80))} }`;
}

/** The one rule of the policy. */
function readRule(section: Section | undefined, known: RuleKnown): ReadRule<PolicyRule> | undefined {
  const [first, ...others] = policyRules.all().filter(({ name }) => section?.fields.has(name));
  const { name, spaces, read } = first ?? policyRules.all()[0]!;
  const rule = required(section, name, (place) => {
    const kind = known.space?.kind;
    if (kind === undefined || spaces.includes(kind)) return read(place, known);
    return complain(place, `decides in the space ${spaces.join(" or ")}, the decision space is ${kind}`);
  });
  for (const other of others) {
    complain(section!.fields.get(other.name)!, `"${name}" and "${other.name}" are both there`, "a policy has one rule");
  }
  return others.length === 0 ? rule : undefined;
}

/** A feature of an option is no value of a decision: the model would never see it. */
function checkFeatures(
  place: Place,
  rule: PolicyRule,
  known: Omit<PolicyKnown, "params">,
  context: Names<ContextType>,
) {
  const { features, space } = known;
  const { over } = kindOfRule(rule);
  if (space === undefined || !features.complete) return;
  const [position, ...others] = features.features.filter((feature) => feature.kind === "position");
  if (position !== undefined && over !== "ranking")
    complain(place, `"${position.name}" is a position, and "${rule.kind}" shows no options in order`, "take rank");
  const other = others.find(({ observed }) => observed !== position!.observed);
  if (other !== undefined) {
    const told = (by: string | null): string => (by === null ? "the decision" : `"${by}"`);
    const problem = `${told(position!.observed)} tells the position "${position!.name}", and ${told(other.observed)} "${other.name}"`;
    complain(place, problem, "an option has one position: write the same observed");
  }
  const taken = features.features.find(({ name }) => over !== undefined && OPTION_COLUMNS.includes(name));
  if (taken !== undefined)
    complain(place, `"${taken.name}" is a column of every row of an option`, "choose another name for the feature");
  const twice =
    over === undefined
      ? undefined
      : Object.keys(optionEntries(space)).find((name) => Object.hasOwn(context.known, name));
  if (twice !== undefined)
    complain(
      place,
      `"${twice}" is an entry of the options and of the context`,
      "choose another name for one of the two",
    );
  if (over !== undefined) return;
  const [first] = featuresOfOption({ features: features.features, context: context.known, decisionSpace: space });
  if (first === undefined) return;
  complain(
    place,
    `"${features.features[first]!.name}" is a feature of the options, and "${rule.kind}" scores none`,
    "take choose or rank, or leave the feature out",
  );
}
