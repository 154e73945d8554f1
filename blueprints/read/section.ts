import { isMap, isScalar, isSeq, type Node } from "yaml";
import { complain, found, inside, type Place } from "./place.ts";

export interface Entry {
  readonly name: string;
  readonly key: Place;
  readonly value: Place;
}

/** A mapping with known fields. */
export interface Section {
  readonly place: Place;
  readonly fields: ReadonlyMap<string, Place>;
}

/** The pairs of a mapping in the order of the file; undefined, and a problem, when it is no mapping. */
export function readEntries(place: Place, what: string): readonly Entry[] | undefined {
  if (!isMap(place.node)) return complain(place, `expected ${what}, found ${found(place)}`);
  const entries: Entry[] = [];
  const names = new Set<string>();
  for (const { key, value } of place.node.items) {
    const keyNode = place.source.resolve(key);
    const name = isScalar(keyNode) ? String(keyNode.source ?? keyNode.value) : "?";
    const keyPlace = inside(place, name, keyNode as Node | null);
    if (names.has(name)) complain(keyPlace, `"${name}" is there twice`);
    names.add(name);
    entries.push({ name, key: keyPlace, value: inside(place, name, value, keyNode?.range?.[0]) });
  }
  return entries;
}

/** Reports every field that is not in `known`, with the nearest one that is. */
export function readSection(place: Place, known: readonly string[]): Section | undefined {
  const entries = readEntries(place, `a section with ${list(known)}`);
  if (entries === undefined) return undefined;
  const fields = new Map<string, Place>();
  for (const { name, key, value } of entries) {
    if (known.includes(name)) {
      fields.set(name, value);
      continue;
    }
    const guess = place.source.guess(name, known);
    complain(key, `unknown field "${name}"`, guess === null ? `known: ${list(known)}` : `did you mean "${guess}"?`);
  }
  return { place, fields };
}

export function readItems(place: Place, what: string): readonly Place[] | undefined {
  if (!isSeq(place.node)) return complain(place, `expected ${what}, found ${found(place)}`);
  return place.node.items.map((item, index) => inside(place, `[${index}]`, item));
}

type Read<T> = (place: Place) => T | undefined;

/** The field's value; a missing field is a problem. */
export function required<T>(section: Section | undefined, name: string, read: Read<T>): T | undefined {
  if (section === undefined) return undefined;
  const place = section.fields.get(name);
  if (place !== undefined) return read(place);
  return complain({ ...section.place, path: inside(section.place, name, null).path }, `missing field "${name}"`);
}

/** The field's value; the fallback when the field is absent or was complained about. */
export function optional<T>(section: Section | undefined, name: string, fallback: T, read: Read<T>): T {
  const place = section?.fields.get(name);
  if (place === undefined) return fallback;
  const value = read(place);
  return value === undefined ? fallback : value;
}

function list(names: readonly string[]): string {
  return names.join(", ");
}
