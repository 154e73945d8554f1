import type { UnusableName } from "../../formula/index.ts";
import { OPTION_NUMBERS, weightColumns, weightFlags, weightTypes } from "../../labels/row-weight.ts";
import { kindOfRule } from "../../policy/rules/index.ts";
import { unusableInPolicy } from "../../policy/unusable-names.ts";
import { optionEntries } from "../../values/option-entries.ts";
import { readFormula } from "../../yaml/formula.ts";
import { complain, type Place } from "../../yaml/place.ts";
import type { Reading } from "../blueprint-section.ts";
import { contextSection } from "../context.ts";
import { decisionSpaceSection } from "../decision-space.ts";
import { featuresSection } from "../features.ts";
import { labelsSection } from "../labels/labels.ts";
import { observationsSection } from "../observations.ts";
import { policySection } from "../policy.ts";

/** The formula of the weight of a row, checked against the names that a row has. */
export function readWeight(place: Place, of: Reading): string | undefined {
  const { labels, complete } = of(labelsSection);
  const features = of(featuresSection);
  const rule = of(policySection)?.rule;
  const names = labels.flatMap(({ name }) => name ?? []);
  // A policy that could not be read may be one over options.
  const overOptions = rule === undefined || kindOfRule(rule).over !== undefined;
  const known = weightTypes(names, features.features, overOptions);
  const isKnown = complete && features.complete;
  const unusable = isKnown ? unusableInWeight(of, names, overOptions) : new Map<string, UnusableName>();
  const formula = readFormula(place, { known, complete: isKnown, unusable, flags: weightFlags(labels) }, ["number"]);
  if (formula === undefined) return undefined;
  const taken = formula.names.find((name) => names.includes(name) && weightColumns(overOptions).includes(name));
  if (taken !== undefined) {
    return complain(place, `"${taken}" is a label, and a column of the rows`, "give the label another name");
  }
  if (formula.names.length > 0) return formula.text;
  const hint = "name a label, a feature or propensity, or leave the weight out";
  return complain(place, `"${formula.text}" is the same for every row`, hint);
}

/** Names that a blueprint or a row has and no weight can use, with the reason. */
function unusableInWeight(of: Reading, labels: readonly string[], overOptions: boolean): Map<string, UnusableName> {
  const { features } = of(featuresSection);
  const observations = of(observationsSection).known;
  const context = { ...optionEntries(of(decisionSpaceSection)), ...of(contextSection).known };
  const names = unusableInPolicy({ context, observations, features, labels });
  for (const name of Object.keys(observations)) {
    const hint = "a weight is of labels and features: name what it needs of the observations as a label";
    names.set(name, { reason: `"${name}" is of an observation`, hint });
  }
  for (const label of labels) {
    const hint = `a weight is of what happened: write ${label}`;
    names.set(`prediction_${label}`, { reason: `"prediction_${label}" is what a model said`, hint });
  }
  names.set("reward", { reason: '"reward" is a formula of labels', hint: `name its labels: ${labels.join(", ")}` });
  names.set("label", { reason: '"label" is a column of rows', hint: `write ${labels.join(" or ")}` });
  for (const name of overOptions ? [] : OPTION_NUMBERS) {
    const hint = "only choose and rank score options";
    names.set(name, { reason: `"${name}" is a column of rows of options`, hint });
  }
  for (const name of [...labels, ...features.map(({ name }) => name)]) names.delete(name);
  return names;
}
