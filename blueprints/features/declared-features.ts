import type { Feature } from "../blueprint.ts";
import { complain, type Place } from "../yaml/place.ts";

/** The features of a blueprint, for what names them. */
export interface DeclaredFeatures {
  readonly features: readonly Feature[];
  /** False: some name is not known. Names that can't be used are among the broken ones. */
  readonly complete: boolean;
}

/**
 * The feature of a name. `undefined`: there is none, which is a problem unless the name may be of one that could not be
 * read.
 */
export function featureNamed(
  place: Place,
  name: string,
  { features, complete }: DeclaredFeatures,
): Feature | undefined {
  const feature = features.find((each) => each.name === name);
  if (feature !== undefined || !complete || place.source.broken.has(name)) return feature;
  const guess = place.source.guess(
    name,
    features.map((each) => each.name),
  );
  const hint = guess === null ? "name a feature of this blueprint" : `did you mean "${guess}"?`;
  return complain(place, `there is no feature "${name}"`, hint);
}
