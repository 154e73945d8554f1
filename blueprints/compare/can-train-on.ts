import type { BlueprintContent } from "../blueprint.ts";
import { definitionOf, describeFeature, featureType } from "../features/kinds/index.ts";
import { isOverOptions } from "../policy/rules/index.ts";
import { labelParts } from "../labels/label-parts.ts";

export interface Incompatibility {
  readonly path: string;
  readonly text: string;
}

export interface TrainingMatch {
  readonly ok: boolean;
  /** One sentence, for people and logs. */
  readonly reason: string;
  /** Empty when ok. */
  readonly incompatibilities: readonly Incompatibility[];
}

/**
 * Looper's subset rule: a may train on b's rows when b logged every feature of a and made every label of a, defined the same way. The
 * policy, the model, the training and the order of features and labels may differ.
 */
export function canTrainOn(a: BlueprintContent, rowsOf: BlueprintContent): TrainingMatch {
  const incompatibilities: Incompatibility[] = [];
  const differ = (path: string, text: string): void => void incompatibilities.push({ path, text: `${path}: ${text}` });
  if (a.useCase !== rowsOf.useCase) differ("useCase", `${a.useCase} here, ${rowsOf.useCase} there`);
  if (isOverOptions(a) !== isOverOptions(rowsOf)) {
    const what = (one: BlueprintContent): string => (isOverOptions(one) ? "a row an option" : "a row a decision");
    differ("policy", `${what(a)} here, ${what(rowsOf)} there`);
  }
  const theirs = new Map(rowsOf.features.map((feature) => [feature.name, feature]));
  for (const feature of a.features) {
    const other = theirs.get(feature.name);
    const path = `features.${feature.name}`;
    if (other === undefined) {
      differ(path, "not logged there");
    } else if (featureType(feature) !== featureType(other)) {
      differ(path, `changed its type, ${featureType(feature)} here, ${featureType(other)} there`);
    } else if (definitionOf(feature) !== definitionOf(other)) {
      differ(path, `changed its meaning, ${describeFeature(feature)} here, ${describeFeature(other)} there`);
    }
  }
  for (const label of a.labels) {
    const sameName = rowsOf.labels.find(({ name }) => name === label.name);
    // A label that is alone may have another name now.
    const other = sameName ?? (a.labels.length + rowsOf.labels.length === 2 ? rowsOf.label : undefined);
    const at = a.labels.length === 1 ? "label" : `labels.${label.name}`;
    if (other === undefined) {
      differ(at, a.labels.length === 1 ? `no label ${label.name} there` : "no such label there");
      continue;
    }
    const theirs = labelParts(other);
    for (const [part, own] of labelParts(label)) {
      const value = theirs.get(part);
      if (own !== value) differ(`${at}.${part}`, `${own} here, ${value} there`);
    }
  }
  if (incompatibilities.length === 0) {
    const all = a.features.length === rowsOf.features.length && a.labels.length === rowsOf.labels.length;
    const labels = a.labels.length === 1 ? "label" : "labels";
    const reason = all
      ? `the same features and ${labels}`
      : `its ${a.features.length} features and ${labels} are among theirs`;
    return { ok: true, reason, incompatibilities };
  }
  return { ok: false, reason: incompatibilities.map(({ text }) => text).join("; "), incompatibilities };
}
