import { canTrainOn, featureType, type CompiledBlueprint, type FeatureValue } from "../../blueprints/index.ts";
import type { NamedValues } from "./bandit-decision.ts";

/** How the vectors of one version are named. */
export interface FeatureNames {
  readonly version: CompiledBlueprint;
  /** @param vector of the decision, in the version's layout */
  shared(vector: readonly FeatureValue[]): NamedValues;
  /** @param features of an option, as its record has them */
  own(features: readonly FeatureValue[]): NamedValues;
}

interface Place {
  readonly name: string;
  readonly at: number;
  readonly isBoolean: boolean;
}

/**
 * The names of a version's features, of those that the asked version has too. `undefined`: its rows may not be used as
 * those of the asked version, or it decides on rankings.
 */
export function featureNames(asked: CompiledBlueprint, version: CompiledBlueprint): FeatureNames | undefined {
  if (!canTrainOn(asked.blueprint, version.blueprint).ok || version.options?.isRanking === true) return undefined;
  const wanted = new Set(asked.layout.map(({ name }) => name));
  const slots = version.options?.slots ?? [];
  const places = version.layout
    .filter(({ name }) => wanted.has(name))
    .map(({ name, index, feature }) => ({ name, index, isBoolean: featureType(feature) === "boolean" }));
  const shared = places.filter(({ index }) => !slots.includes(index)).map((one) => ({ ...one, at: one.index }));
  const own = places.flatMap((one) => {
    const at = slots.indexOf(one.index);
    return at < 0 ? [] : [{ ...one, at }];
  });
  return { version, shared: (vector) => named(shared, vector), own: (features) => named(own, features) };
}

function named(places: readonly Place[], values: readonly FeatureValue[]): NamedValues {
  const found = new Map<string, string | number | boolean>();
  for (const { name, at, isBoolean } of places) {
    const value = values[at] ?? null;
    // Of booleans vectors have 1 and 0.
    if (value !== null) found.set(name, isBoolean ? value !== 0 : value);
  }
  return found;
}
