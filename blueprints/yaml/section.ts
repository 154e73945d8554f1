import { isMap, isScalar, isSeq, type Node } from "yaml";
import { complain, found, inside, type Place } from "./place.ts";

export interface Entry {
  readonly name: string;
  readonly key: Place;
  readonly value: Place;
  /** The name occurred before. */
  readonly again: boolean;
}

/** A mapping with known fields. */
export interface Section {
  readonly place: Place;
  readonly fields: ReadonlyMap<string, Place>;
  /** Fields that occur twice, or probably under a mistyped name: the meant value is not known. */
  readonly doubtful: ReadonlySet<string>;
}

/** The pairs of a mapping in the order of the file. Undefined, and a reported problem, if it is no mapping. */
export function readEntries(place: Place, what: string, hint: string | null = null): readonly Entry[] | undefined {
  if (!isMap(place.node)) return complain(place, `expected ${what}, found ${found(place)}`, hint);
  const entries: Entry[] = [];
  const names = new Set<string>();
  for (const { key, value } of place.node.items) {
    const keyNode = place.source.resolve(key);
    const name = isScalar(keyNode) ? String(keyNode.source ?? keyNode.value) : "?";
    const keyPlace = inside(place, name, keyNode as Node | null);
    const again = names.has(name);
    if (again) complain(keyPlace, `"${name}" is there twice`);
    names.add(name);
    entries.push({ name, key: keyPlace, value: inside(place, name, value, keyNode?.range?.[0]), again });
  }
  return entries;
}

/**
 * Reports every field that is not in `known`, with the nearest known one.
 * @param elsewhere the place where a field would be known, null: nowhere
 */
export function readSection(
  place: Place,
  known: readonly string[],
  elsewhere: (name: string) => string | null = () => null,
): Section | undefined {
  const text = isScalar(place.node) ? String(place.node.value) : "";
  const [, name, value] = /^(\w+):(\S.*)$/s.exec(text) ?? [];
  const hint = name === undefined ? null : `a space behind the colon: ${name}: ${value}`;
  const entries = readEntries(place, `a section with ${list(known)}`, hint);
  if (entries === undefined) return undefined;
  const fields = new Map<string, Place>();
  const doubtful = new Set<string>();
  for (const { name, key, value, again } of entries) {
    if (known.includes(name)) {
      fields.set(name, value);
      if (again) doubtful.add(name);
      continue;
    }
    const other = elsewhere(name);
    if (other !== null) {
      complain(key, `unknown field "${name}"`, other);
      continue;
    }
    const guess = place.source.guess(name, known);
    if (guess !== null) doubtful.add(guess);
    complain(key, `unknown field "${name}"`, guess === null ? `known: ${list(known)}` : `did you mean "${guess}"?`);
  }
  return { place, fields, doubtful };
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
  const value = place === undefined ? undefined : read(place);
  if (section.doubtful.has(name)) return undefined;
  if (place !== undefined) return value;
  return complain({ ...section.place, path: inside(section.place, name, null).path }, `missing field "${name}"`);
}

/**
 * The field's value, or the fallback if the field is absent. The fallback may itself depend on a part that could not be
 * read. `undefined`: a problem was reported.
 */
export function optional<T>(
  section: Section | undefined,
  name: string,
  fallback: T | undefined,
  read: Read<T>,
): T | undefined {
  if (section === undefined) return undefined;
  const place = section.fields.get(name);
  const value = place === undefined ? fallback : read(place);
  return section.doubtful.has(name) ? undefined : value;
}

function list(names: readonly string[]): string {
  return names.join(", ");
}
