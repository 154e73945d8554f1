import { isMap, isScalar, isSeq } from "yaml";
import type { Feature } from "../blueprint.ts";
import { BOUNDS } from "../defaults.ts";
import { isReservedColumn } from "../reserved-columns.ts";
import { complain, found, inside, type Place } from "./place.ts";
import { readWindow, type Known } from "./read-window.ts";
import { readEntries, readItems } from "./section.ts";
import { checkName } from "./values.ts";

export interface ReadFeatures {
  readonly features: readonly Feature[];
  /** False: there is one whose name is not known. Names that can't be used are among the broken ones. */
  readonly complete: boolean;
}

export function readFeatures(place: Place, known: Known): ReadFeatures {
  const items = readItems(place, "a list of features");
  if (items === undefined) return { features: [], complete: false };
  if (isSeq(place.node) && items.length === 0) complain(place, "at least one feature is needed");
  if (items.length > BOUNDS.features) {
    complain(place, `at most ${BOUNDS.features} features, found ${items.length}`);
    return { features: [], complete: false };
  }
  const features: Feature[] = [];
  const names = new Set<string>();
  let complete = true;
  for (const item of items) {
    const read = readFeature(item, place, known);
    if (read === undefined || typeof read === "string") {
      if (read === undefined) complete = false;
      else place.source.broken.add(read);
      continue;
    }
    if (names.has(read.name)) complain({ ...item, path: `features.${read.name}` }, `feature "${read.name}" twice`);
    names.add(read.name);
    features.push(read);
  }
  return { features, complete };
}

/** The name alone where the rest can't be used; `undefined`: not even the name is sure. */
function readFeature(item: Place, features: Place, known: Known): Feature | string | undefined {
  if (isScalar(item.node) && typeof item.node.value === "string") {
    return readContextFeature({ ...item, path: `features.${item.node.value}` }, item.node.value, known);
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
  if (named && Object.hasOwn(known.context.known, name)) {
    complain(key, `"${name}" is a context entry already`, "choose another name for the window");
  }
  const window = readWindow({ ...entry.value, path }, name, known);
  return named && window !== undefined ? window : name;
}

function readContextFeature(place: Place, name: string, { context }: Known): Feature | string | undefined {
  const type = Object.hasOwn(context.known, name) ? context.known[name] : undefined;
  if (type === undefined) {
    if (place.source.broken.has(name) || !context.complete) return name;
    const guess = place.source.guess(name, Object.keys(context.known));
    return complain(
      place,
      `"${name}" is not in context`,
      guess === null ? "declare it under context, or give it a window" : `did you mean "${guess}"?`,
    );
  }
  if (type === "key") {
    complain(place, `"${name}" is a key, which the model never sees`, "make it a category, or leave it out");
    return name;
  }
  return checkColumn(place, name) ? { kind: "context", name, type } : name;
}

function checkColumn(place: Place, name: string): boolean {
  if (!isReservedColumn(name)) return true;
  complain(place, `"${name}" is a column of every training row`, "choose another name");
  return false;
}
