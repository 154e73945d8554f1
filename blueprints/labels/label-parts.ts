import type { BlueprintContent, LabelConfig } from "../blueprint.ts";
import { formatDuration } from "../duration.ts";
import { canonicalFormula } from "../formula/index.ts";

type Described = readonly [path: string, value: unknown];

/** A label's entries under a path, in the words of the YAML; without its name. */
export function describeLabel(path: string, label: LabelConfig, { model }: BlueprintContent): readonly Described[] {
  const own: Described[] = label.objective === model.objective ? [] : [[`${path}.objective`, label.objective]];
  return [
    [`${path}.when`, label.when],
    [`${path}.value`, label.value],
    [`${path}.aggregate`, label.aggregate],
    [`${path}.wait`, formatDuration(label.waitMs)],
    [`${path}.default`, label.default],
    ...own,
  ];
}

/** An objective that is the model's stays out of the hash: blueprints were written before labels had their own. */
export function canonicalLabel(label: LabelConfig, { model }: BlueprintContent): unknown {
  return {
    ...label,
    when: label.when === null ? null : canonicalFormula(label.when),
    value: canonicalFormula(label.value),
    objective: label.objective === model.objective ? undefined : label.objective,
  };
}

/** What a label is made of: two labels with the same parts are the same figure of the same observations. */
export function labelParts(label: LabelConfig): ReadonlyMap<string, string> {
  return new Map([
    ["name", label.name],
    ["when", label.when === null ? "none" : canonicalFormula(label.when)],
    ["value", canonicalFormula(label.value)],
    ["aggregate", label.aggregate],
    ["wait", formatDuration(label.waitMs)],
    ["default", String(label.default ?? "none")],
  ]);
}
