import type { BlueprintContent, Feature } from "../blueprint.ts";
import { canonicalFormula } from "../formula/index.ts";
import { formatDuration } from "../duration.ts";
import { describeFeature, featureType, kindOfFeature } from "../features/kinds/index.ts";

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
 * Looper's subset rule: a may train on b's rows when b logged every feature of a, defined the same way, and made the
 * same label. The policy, the model, the training and the order of features may differ.
 */
export function canTrainOn(a: BlueprintContent, rowsOf: BlueprintContent): TrainingMatch {
  const incompatibilities: Incompatibility[] = [];
  const differ = (path: string, text: string): void => void incompatibilities.push({ path, text: `${path}: ${text}` });
  if (a.useCase !== rowsOf.useCase) differ("useCase", `${a.useCase} here, ${rowsOf.useCase} there`);
  const theirs = new Map(rowsOf.features.map((feature) => [feature.name, feature]));
  for (const feature of a.features) {
    const other = theirs.get(feature.name);
    const path = `features.${feature.name}`;
    if (other === undefined) {
      differ(path, "not logged there");
    } else if (featureType(feature) !== featureType(other)) {
      differ(path, `changed its type, ${featureType(feature)} here, ${featureType(other)} there`);
    } else if (definition(feature) !== definition(other)) {
      differ(path, `changed its meaning, ${describeFeature(feature)} here, ${describeFeature(other)} there`);
    }
  }
  const mine = labelParts(a);
  for (const [path, other] of labelParts(rowsOf)) {
    const own = mine.get(path);
    if (own !== other) differ(path, `${own} here, ${other} there`);
  }
  if (incompatibilities.length === 0) {
    const all = a.features.length === rowsOf.features.length;
    const reason = all ? "the same features and label" : `its ${a.features.length} features and label are among theirs`;
    return { ok: true, reason, incompatibilities };
  }
  return { ok: false, reason: incompatibilities.map(({ text }) => text).join("; "), incompatibilities };
}

function definition(feature: Feature): string {
  const kind = kindOfFeature(feature);
  return kind.meaning?.(feature) ?? kind.describe(feature);
}

function labelParts({ label }: BlueprintContent): ReadonlyMap<string, string> {
  return new Map([
    ["label.name", label.name],
    ["label.when", label.when === null ? "none" : canonicalFormula(label.when)],
    ["label.value", canonicalFormula(label.value)],
    ["label.aggregate", label.aggregate],
    ["label.wait", formatDuration(label.waitMs)],
    ["label.default", String(label.default ?? "none")],
  ]);
}
