import { isScalar } from "yaml";
import type { Feature } from "../../blueprint.ts";
import { featureNamed, type DeclaredFeatures } from "../../features/declared-features.ts";
import { complain, found, type Place } from "../../yaml/place.ts";
import { complainTwice, readItems } from "../../yaml/section.ts";

export interface FeatureNames {
  readonly most: number;
  /** The reason that a feature can't be one of them; `undefined`: it can. */
  readonly whyNot: (feature: Feature) => string | undefined;
  /** What may be named. */
  readonly wanted: string;
}

/** A list of names of features. */
export function readFeatureNames(
  place: Place,
  all: DeclaredFeatures,
  { most, whyNot, wanted }: FeatureNames,
): readonly string[] | undefined {
  const items = readItems(place, "a list of features");
  if (items === undefined) return undefined;
  if (items.length > most) return complain(place, `at most ${most} features, found ${items.length}`);
  const seen = new Map<string, Place>();
  const read = items.map((item): string | undefined => {
    const name = isScalar(item.node) ? item.node.value : null;
    if (typeof name !== "string") return complain(item, `expected the name of a feature, found ${found(item)}`);
    const first = seen.get(name);
    if (first !== undefined) return complainTwice(item, `"${name}" is there twice`, first);
    seen.set(name, item);
    const feature = featureNamed(item, name, all);
    if (feature === undefined) return undefined;
    const problem = whyNot(feature);
    return problem === undefined ? name : complain(item, `"${name}" ${problem}`, wanted);
  });
  return read.some((name) => name === undefined) ? undefined : (read as string[]);
}
