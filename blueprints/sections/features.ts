import { isMap, isScalar, isSeq } from "yaml";
import type { Feature } from "../blueprint.ts";
import { BOUNDS } from "../defaults.ts";
import type { FeatureKind, FeaturesKnown } from "../features/feature-kind.ts";
import { describeFeature, featureKinds, kindOfFeature } from "../features/kinds/index.ts";
import { isReservedColumn } from "../reserved-columns.ts";
import { complain, found, inside, type Place } from "../yaml/place.ts";
import { readEntries, readItems, required } from "../yaml/section.ts";
import { checkName } from "../yaml/scalars.ts";
import type { BlueprintSection } from "./blueprint-section.ts";
import { contextSection } from "./context.ts";
import { eventsSection } from "./events.ts";

export interface ReadFeatures {
  readonly features: readonly Feature[];
  /** False: some name is not known. Names that can't be used are among the broken ones. */
  readonly complete: boolean;
}

export const featuresSection: BlueprintSection<"features", ReadFeatures> = {
  name: "features",
  said: ["list of context entries and windows", "required", `1 to ${BOUNDS.features}`],
  keys: () =>
    Object.fromEntries(
      featureKinds.all().flatMap((kind) => Object.entries(kind.keys()).map(([key, said]) => [`NAME.${key}`, said])),
    ),
  read(blueprint, of) {
    const known = { context: of(contextSection), events: of(eventsSection) };
    return required(blueprint, "features", (place) => readFeatures(place, known)) ?? { features: [], complete: false };
  },
  whole: ({ features }) => features,
  *describe(features) {
    for (const feature of features) yield [`features.${feature.name}`, describeFeature(feature)];
  },
  canonical: (features) => features.map((feature) => kindOfFeature(feature).canonical(feature)),
};

type Known = Omit<FeaturesKnown, "earlier">;

function readFeatures(place: Place, known: Known): ReadFeatures {
  const items = readItems(place, "a list of features");
  if (items === undefined) return { features: [], complete: false };
  if (isSeq(place.node) && items.length === 0) complain(place, "at least one feature is needed");
  if (items.length > BOUNDS.features) {
    complain(place, `at most ${BOUNDS.features} features, found ${items.length}`);
    return { features: [], complete: false };
  }
  const features: Feature[] = [];
  const earlier = new Map<string, Feature>();
  let complete = true;
  for (const item of items) {
    const read = readFeature(item, place, { ...known, earlier });
    if (read === undefined || typeof read === "string") {
      if (read === undefined) complete = false;
      else place.source.broken.add(read);
      continue;
    }
    if (earlier.has(read.name)) complain({ ...item, path: `features.${read.name}` }, `feature "${read.name}" twice`);
    earlier.set(read.name, read);
    features.push(read);
  }
  return { features, complete };
}

/** Only the name if the rest can't be used; `undefined`: not even the name is sure. */
function readFeature(item: Place, features: Place, known: FeaturesKnown): Feature | string | undefined {
  if (isScalar(item.node) && typeof item.node.value === "string") {
    const name = item.node.value;
    const place = { ...item, path: `features.${name}` };
    const read = bareKind().read(place, name, known);
    if (read === undefined) return undefined;
    return read !== "unusable" && checkColumn(place, name) ? read : name;
  }
  const wanted = "a context entry's name, or one name with a window";
  if (!isMap(item.node)) return complain(item, `expected ${wanted}, found ${found(item)}`);
  const [entry, second] = readEntries(item, wanted) ?? [];
  if (entry === undefined) return complain(item, `expected ${wanted}, found an empty section`);
  if (second !== undefined) {
    return complain(item, `expected ${wanted}, found the names ${entry.name} and ${second.name}`, "one list item each");
  }
  const { name } = entry;
  const path = inside(features, name, null).path;
  const key = { ...entry.key, path };
  const named = checkName(key, name) && checkColumn(key, name);
  const kind = kindOf(entry.value);
  if (named && Object.hasOwn(known.context.known, name)) {
    complain(key, `"${name}" is a context entry already`, `choose another name for the ${kind.name}`);
  }
  const read = kind.read({ ...entry.value, path }, name, known);
  return named && read !== undefined && read !== "unusable" ? read : name;
}

const bareKind = (): FeatureKind => featureKinds.all().find(({ written }) => written === "name")!;

/** The kind of a key in the section, or of a similar key; else the first kind that has sections. */
function kindOf(section: Place): FeatureKind {
  const kinds = featureKinds.all().filter(({ written }) => written === "section");
  const keys = isMap(section.node) ? section.node.items.map(({ key }) => String(isScalar(key) ? key.value : "")) : [];
  const named = kinds.find((kind) => kind.marks().some((mark) => keys.includes(mark)));
  if (named !== undefined) return named;
  const isNear = (kind: FeatureKind): boolean => keys.some((key) => section.source.guess(key, kind.marks()) !== null);
  return (kinds.length > 1 ? kinds.find(isNear) : undefined) ?? kinds[0]!;
}

function checkColumn(place: Place, name: string): boolean {
  if (!isReservedColumn(name)) return true;
  complain(place, `"${name}" is a column of every training row`, "choose another name");
  return false;
}
