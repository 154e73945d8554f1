import { isMap, isScalar, isSeq } from "yaml";
import type { ContextType, DecisionSpace, Feature } from "../blueprint.ts";
import { BOUNDS } from "../defaults.ts";
import type { FeatureKind, FeaturesKnown, FeatureType } from "../features/feature-kind.ts";
import { describeEntry, featureKinds, featureType, kindOfFeature } from "../features/kinds/index.ts";
import { entriesOf, entryName } from "../features/slots.ts";
import type { DeclaredFeatures } from "../features/declared-features.ts";
import type { KeySaid, KeysSaid } from "../key-reference.ts";
import { isReservedColumn } from "../reserved-columns.ts";
import { optionEntries } from "../values/option-entries.ts";
import type { Names } from "../yaml/partly.ts";
import { complain, found, inside, type Place } from "../yaml/place.ts";
import { complainTwice, readEntries, readItems, required } from "../yaml/section.ts";
import { checkName } from "../yaml/scalars.ts";
import type { BlueprintSection } from "./blueprint-section.ts";
import { contextSection } from "./context.ts";
import { decisionSpaceSection } from "./decision-space.ts";
import { eventsSection } from "./events.ts";
import { observationsSection } from "./observations.ts";
import { tablesSection } from "./tables.ts";

export const featuresSection: BlueprintSection<"features", DeclaredFeatures> = {
  name: "features",
  said: ["list of context entries and windows", "required", `1 to ${BOUNDS.features}`],
  keys: keysOfKinds,
  read(blueprint, of) {
    const known = {
      context: entriesKnown(of(contextSection), of(decisionSpaceSection)),
      observations: of(observationsSection),
      events: of(eventsSection),
      tables: of(tablesSection),
    };
    return required(blueprint, "features", (place) => readFeatures(place, known)) ?? { features: [], complete: false };
  },
  whole: ({ features }) => features,
  *describe(features) {
    for (const entry of entriesOf(features)) yield [`features.${entryName(entry)}`, describeEntry(entry)];
  },
  canonical: (features) => features.map((feature) => kindOfFeature(feature).canonical(feature)),
};

/** Of a key that several kinds have, all that they say, each thing once. */
function keysOfKinds(): KeysSaid {
  const all = Map.groupBy(
    featureKinds.all().flatMap((kind) => Object.entries(kind.keys())),
    ([key]) => key,
  );
  const said = (entries: readonly (readonly [string, KeySaid])[], part: number): string =>
    [...new Set(entries.map(([, each]) => each[part] ?? ""))].join("; ");
  return Object.fromEntries(
    [...all].map(([key, entries]): [string, KeySaid] => [
      `NAME.${key}`,
      [said(entries, 0), said(entries, 1), said(entries, 2)],
    ]),
  );
}

/** Entries of the context, and of options beside them. */
function entriesKnown({ known, complete }: Names<ContextType>, space: DecisionSpace | undefined): Names<ContextType> {
  return { known: { ...optionEntries(space), ...known }, complete: complete && space !== undefined };
}

type Known = Pick<FeaturesKnown, "context" | "observations" | "events" | "tables">;

function readFeatures(place: Place, known: Known): DeclaredFeatures {
  const items = readItems(place, "a list of features");
  if (items === undefined) return { features: [], complete: false };
  if (isSeq(place.node) && items.length === 0) complain(place, "at least one feature is needed");
  if (items.length > BOUNDS.features) {
    complain(place, `at most ${BOUNDS.features} features, found ${items.length}`);
    return { features: [], complete: false };
  }
  const features: Feature[] = [];
  const earlier = new Map<string, Feature>();
  const types = new Map<string, FeatureType>();
  const columns = new Map<string, readonly string[]>();
  const later = new Set(items.flatMap((item) => nameOf(item) ?? []));
  let complete = true;
  for (const item of items) {
    later.delete(nameOf(item) ?? "");
    const read = readFeature(item, place, { ...known, earlier, types, columns, later });
    if (read === undefined || typeof read === "string") {
      if (read === undefined) complete = false;
      else place.source.broken.add(read);
      continue;
    }
    const { name, made } = read;
    if (made === undefined) {
      // The names of its columns are not known.
      place.source.broken.add(name);
      complete = false;
      continue;
    }
    const at = { ...item, path: `features.${name}` };
    if (made.length !== 1 || made[0]!.name !== name) {
      if (columns.has(name)) complainTwice(at, `feature "${name}" twice`);
      columns.set(
        name,
        made.map((slot) => slot.name),
      );
    }
    for (const feature of made) {
      if (earlier.has(feature.name)) complainTwice(at, `feature "${feature.name}" twice`);
      earlier.set(feature.name, feature);
      types.set(feature.name, featureType(feature));
      features.push(feature);
    }
    if (features.length <= BOUNDS.features) continue;
    complain(
      at,
      `at most ${BOUNDS.features} features, found ${features.length} up to here`,
      "each column of it is one",
    );
    return { features: [], complete: false };
  }
  return { features, complete };
}

/** The name of an item of the list, whatever else is in it. */
function nameOf({ node }: Place): string | undefined {
  const key = isMap(node) ? node.items[0]?.key : node;
  return isScalar(key) ? String(key.value) : undefined;
}

/** An item of the list; `made` is undefined if its columns are not known. */
interface Item {
  readonly name: string;
  readonly made: readonly Feature[] | undefined;
}

/** Only the name if the rest can't be used; `undefined`: not even the name is sure. */
function readFeature(item: Place, features: Place, known: FeaturesKnown): Item | string | undefined {
  const declared = known.context.known;
  if (isScalar(item.node) && typeof item.node.value === "string") {
    const name = item.node.value;
    const place = { ...item, path: `features.${name}` };
    const kind = bareKind(Object.hasOwn(declared, name) ? declared[name] : undefined);
    const read = kind.read(place, name, known);
    if (read === undefined || read === "unusable") return read && name;
    return checkColumns(place, read, declared) ? itemOf(name, read) : name;
  }
  const wanted = "a context entry's name, or one name with a section";
  if (!isMap(item.node)) return complain(item, `expected ${wanted}, found ${found(item)}`);
  const [entry, second] = readEntries(item, wanted) ?? [];
  if (entry === undefined) return complain(item, `expected ${wanted}, found an empty section`);
  if (second !== undefined) {
    const isBelow = entry.value.node === null || (isScalar(entry.value.node) && entry.value.node.value === null);
    const hint = isBelow ? `indent what belongs to ${entry.name} further than its name` : "one list item each";
    return complain(item, `expected ${wanted}, found the names ${entry.name} and ${second.name}`, hint);
  }
  const { name } = entry;
  const path = inside(features, name, null).path;
  const key = { ...entry.key, path };
  const named = checkName(key, name) && checkColumn(key, name);
  const kind = kindOf(entry.value);
  if (kind === undefined) return complainKind({ ...entry.value, path }, name, declared);
  if (named && Object.hasOwn(declared, name)) {
    complain(key, `"${name}" is a context entry already`, `choose another name for the ${kind.name}`);
  }
  const read = kind.read({ ...entry.value, path }, name, known);
  if (!named) return name;
  if (read === undefined || read === "unusable") return kind.describeSlots ? { name, made: undefined } : name;
  return Array.isArray(read) && !checkColumns(key, read, declared) ? name : itemOf(name, read);
}

const itemOf = (name: string, read: Feature | readonly Feature[]): Item => ({ name, made: listOf(read) });
const listOf = (read: Feature | readonly Feature[]): readonly Feature[] =>
  Array.isArray(read) ? (read as readonly Feature[]) : [read as Feature];

/** The kind of a bare name, by the type of the entry that it names. */
function bareKind(type: ContextType | undefined): FeatureKind {
  const kinds = featureKinds.all().filter(({ written }) => written === "name");
  return (type && kinds.find((kind) => kind.takes?.(type))) ?? kinds[0]!;
}

/** Names of columns that are made for an item of the list. */
function checkColumns(
  place: Place,
  read: Feature | readonly Feature[],
  declared: Readonly<Record<string, ContextType>>,
): boolean {
  if (!Array.isArray(read)) return checkColumn(place, (read as Feature).name);
  const taken = listOf(read).find(({ name }) => Object.hasOwn(declared, name));
  if (taken !== undefined) {
    complain(place, `its column "${taken.name}" is a context entry already`, "choose another name for one of the two");
  }
  return taken === undefined && listOf(read).every(({ name }) => checkColumn(place, name));
}

const sectionKinds = (): readonly FeatureKind[] => featureKinds.all().filter(({ written }) => written === "section");

/** The kind of a key in the section, or of a similar key; `undefined`: none of them is a key of a kind. */
function kindOf(section: Place): FeatureKind | undefined {
  const kinds = sectionKinds();
  const keys = isMap(section.node) ? section.node.items.map(({ key }) => String(isScalar(key) ? key.value : "")) : [];
  const named = kinds.find((kind) => kind.marks().some((mark) => keys.includes(mark)));
  if (named !== undefined) return named;
  const isNear = (kind: FeatureKind): boolean => keys.some((key) => section.source.guess(key, kind.marks()) !== null);
  return kinds.find(isNear) ?? kinds.find((kind) => keys.some((key) => Object.hasOwn(kind.keys(), key)));
}

/** Of something that is no feature of any kind. */
function complainKind(place: Place, name: string, declared: Readonly<Record<string, ContextType>>): string {
  const { node, source } = place;
  const text = isScalar(node) ? String(node.source ?? node.value ?? "") : "";
  const marks = sectionKinds().flatMap((kind) => kind.marks());
  const given = isMap(node) ? node.items.flatMap(({ key }) => (isScalar(key) ? [String(key.value)] : [])) : [];
  const what = given.length === 0 ? found(place) : given.join(", ").slice(0, 80);
  let hint = `a feature's section has one of ${marks.join(", ")}`;
  if (Object.hasOwn(declared, name)) hint = `a context entry is named alone: - ${name}; its type is said under context`;
  else if (/[^\w.]/.test(text)) hint = `write { formula: ${/[,:{}[\]#]/.test(text) ? JSON.stringify(text) : text} }`;
  complain(place, `expected a feature, found ${what}`, hint);
  source.broken.add(name);
  return name;
}

function checkColumn(place: Place, name: string): boolean {
  if (!isReservedColumn(name)) return true;
  complain(place, `"${name}" is a column of every training row`, "choose another name");
  return false;
}
