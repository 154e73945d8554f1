import type { BlueprintContent, Feature } from "../blueprint.ts";
import type { FeatureValue } from "./feature-kind.ts";
import { featureType } from "./kinds/index.ts";

/** One slot of the feature vector. Booleans are numbers, 1 or 0. */
export interface FeatureColumn {
  readonly index: number;
  readonly name: string;
  readonly kind: "number" | "category";
  readonly feature: Feature;
}

/** One decision's features as they are logged, in layout order. Null is missing; a number is never NaN. */
export type FeatureVector = FeatureValue[];

export function featureLayout(blueprint: Pick<BlueprintContent, "features">): readonly FeatureColumn[] {
  return blueprint.features.map((feature, index) => ({
    index,
    name: feature.name,
    kind: featureType(feature) === "category" ? "category" : "number",
    feature,
  }));
}
