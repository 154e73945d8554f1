import { DomainError } from "../../../schemas/index.ts";
import type { Feature } from "../../blueprint.ts";
import { Registry } from "../../registry.ts";
import type { Computation, FeatureKind, FeatureType } from "../feature-kind.ts";
import { slotOf } from "../slots.ts";
import { bucketKind } from "./bucket.ts";
import { calendarKind } from "./calendar.ts";
import { contextKind } from "./context.ts";
import { crossKind } from "./cross.ts";
import { cyclicalKind } from "./cyclical.ts";
import { embedKind } from "./embed.ts";
import { formulaKind } from "./formula.ts";
import { hashKind } from "./hash.ts";
import { haversineKind } from "./haversine.ts";
import { oneHotKind } from "./one-hot.ts";
import { positionKind } from "./position.ts";
import { tableKind } from "./table.ts";
import { vectorKind } from "./vector.ts";
import { windowKind } from "./window.ts";

/** In the order of the reference. A section without a key of any kind is read as the first kind that has sections. */
export const featureKinds = new Registry<FeatureKind>("feature kind", [
  contextKind,
  windowKind,
  tableKind,
  formulaKind,
  bucketKind,
  crossKind,
  haversineKind,
  oneHotKind,
  hashKind,
  embedKind,
  calendarKind,
  cyclicalKind,
  vectorKind,
  positionKind,
]);

/**
 * Adds a kind of features. Every process that reads blueprints with it registers it before it reads the first one,
 * under the same name and with the same meaning. Throws if its name, or a key that marks it, belongs to another kind.
 */
export function registerFeatureKind(kind: FeatureKind): void {
  if (kind.written === "name")
    throw new DomainError("BAD_PART", `${kind.name}: a bare name is an entry of the context; take a section`);
  const marks = kind.marks();
  if (marks.length === 0)
    throw new DomainError("BAD_PART", `${kind.name}: a section needs a key by which its kind is known`);
  for (const other of featureKinds.all()) {
    const taken =
      marks.find((mark) => Object.hasOwn(other.keys(), mark)) ??
      other.marks().find((mark) => Object.hasOwn(kind.keys(), mark));
    if (taken !== undefined)
      throw new DomainError("BAD_PART", `${kind.name}: "${taken}" is a key of the feature kind ${other.name} already`);
  }
  featureKinds.add(kind);
}

export const kindOfFeature = (feature: Feature): FeatureKind => featureKinds.get(feature.kind);

export const featureType = (feature: Feature): FeatureType => kindOfFeature(feature).type(feature);

export const computationOf = (feature: Feature): Computation => kindOfFeature(feature).compute(feature);

/** All features of one entry of the list, in the blueprint's own words. */
export function describeEntry(features: readonly Feature[]): string {
  const first = features[0]!;
  const several = slotOf(first) !== undefined ? kindOfFeature(first).describeSlots?.(features) : undefined;
  return several ?? describeFeature(first);
}

/** In the blueprint's own words. */
export const describeFeature = (feature: Feature): string => kindOfFeature(feature).describe(feature);

/** Two features with equal definitions have the same values. */
export function definitionOf(feature: Feature): string {
  const kind = kindOfFeature(feature);
  return kind.meaning?.(feature) ?? kind.describe(feature);
}
