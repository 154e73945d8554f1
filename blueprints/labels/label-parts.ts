import type { BlueprintContent, LabelConfig } from "../blueprint.ts";
import { formatDuration } from "../duration.ts";
import { canonicalFormula } from "../formula/index.ts";

type Described = readonly [path: string, value: unknown];

/** A label's entries under a path, in the words of the YAML; without its name. */
export function describeLabel(path: string, label: LabelConfig, { model }: BlueprintContent): readonly Described[] {
  const own: Described[] = label.objective === model.objective ? [] : [[`${path}.objective`, label.objective]];
  const { oneOf } = label;
  const ofClasses: Described[] = oneOf === undefined ? [] : [[`${path}.classes`, oneOf.classes.join(", ")]];
  return [
    ...ofClasses,
    [`${path}.when`, label.when],
    [`${path}.value`, label.value],
    [`${path}.aggregate`, label.aggregate],
    [`${path}.wait`, formatDuration(label.waitMs)],
    [`${path}.default`, label.default],
    ...own,
  ];
}

/** An objective that equals the model's stays out of the hash: older blueprints have no objectives at their labels. */
export function canonicalLabel(label: LabelConfig, { model }: BlueprintContent): unknown {
  return {
    ...label,
    when: label.when === null ? null : canonicalFormula(label.when),
    value: canonicalFormula(label.value),
    objective: label.objective === model.objective ? undefined : label.objective,
  };
}

/** The parts of a label: two labels with equal parts give the same figure from the same observations. */
export function labelParts(label: LabelConfig): ReadonlyMap<string, string> {
  return new Map([
    ["name", label.name],
    ["when", label.when === null ? "none" : canonicalFormula(label.when)],
    ["value", canonicalFormula(label.value)],
    ["aggregate", label.aggregate],
    ["wait", formatDuration(label.waitMs)],
    ["default", String(label.default ?? "none")],
    ["class", label.oneOf === undefined ? "none" : label.oneOf.is],
    ["classes", label.oneOf === undefined ? "none" : label.oneOf.classes.join(", ")],
  ]);
}
