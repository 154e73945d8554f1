import { isMap, isScalar, isSeq, type Node } from "yaml";
import { belongsHint, wantedHint } from "./key-hints.ts";
import { complain, found, inside, offsetOf, type Place } from "./place.ts";

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
  /** Fields that are not known: each may be meant for a missing one. */
  readonly strange: ReadonlySet<string>;
}

/** Something that is there before: the first one may be the one that is meant. */
export function complainTwice(place: Place, what: string, first?: Place): undefined {
  const line = first === undefined ? null : place.source.lineAt(offsetOf(first));
  return complain(place, what, `take one of them away${line === null ? "" : `: the first is in line ${line}`}`);
}

/** The pairs of a mapping in the order of the file. Undefined, and a reported problem, if it is no mapping. */
export function readEntries(place: Place, what: string, hint: string | null = null): readonly Entry[] | undefined {
  if (!isMap(place.node)) return complain(place, `expected ${what}, found ${found(place)}`, hint ?? sectionHint(place));
  const entries: Entry[] = [];
  const names = new Map<string, Place>();
  for (const { key, value } of place.node.items) {
    const keyNode = place.source.resolve(key);
    const name = isScalar(keyNode) ? String(keyNode.source ?? keyNode.value) : "?";
    const keyPlace = inside(place, name, keyNode as Node | null);
    const first = names.get(name);
    const again = first !== undefined;
    if (again) complainTwice(keyPlace, `"${name}" is there twice`, first);
    else names.set(name, keyPlace);
    entries.push({ name, key: keyPlace, value: inside(place, name, value, keyNode?.range?.[0]), again });
  }
  return entries;
}

/** How a section is written, in place of something else. */
function sectionHint({ node }: Place): string {
  if (isSeq(node)) return node.flow ? "write { name: …, name: … }" : "write name: …, without - before it";
  const text = isScalar(node) && typeof node.value === "string" ? node.value : "";
  const [, name, sign, value] = /^(\w+)\s*([:=])\s*(\S.*)$/s.exec(text) ?? [];
  if (name === undefined) return "write name: …, each on a line of its own, indented below it; or { name: … }";
  return `${sign === "=" ? "write a colon, not =" : "a space behind the colon"}: ${name}: ${value!.slice(0, 80)}`;
}

/** How a list is written, in place of something else. */
function listHint({ node }: Place): string {
  if (isMap(node)) return "write - before each item, on a line of its own; or [a, b]";
  const text = isScalar(node) && node.value !== null ? String(node.source ?? node.value) : "";
  return text === "" ? "write [a, b], or each on a line of its own with - before it" : `write [${text.slice(0, 80)}]`;
}

/** A formula with a comma, within braces and without quotes: YAML takes what is behind the comma for the next field. */
function isCut(text: string, name: string): boolean {
  const open = text.split("(").length - text.split(")").length;
  return open > 0 || !/^[\w-]+$/.test(name);
}

/**
 * Reports every field that is not in `known`, with the nearest known one.
 * @param elsewhere the place where a field would be known, null: nowhere
 */
export function readSection(
  place: Place,
  known: readonly string[],
  elsewhere: (name: string) => string | null = () => null,
  hint: string | null = null,
): Section | undefined {
  const entries = readEntries(place, `a section with ${list(known)}`, hint);
  if (entries === undefined) return undefined;
  const fields = new Map<string, Place>();
  const doubtful = new Set<string>();
  const strange = new Set<string>();
  const isFlow = isMap(place.node) && place.node.flow === true;
  let before: { readonly name: string; readonly value: Place } | undefined;
  for (const { name, key, value, again } of entries) {
    const cut = before !== undefined && isScalar(before.value.node) ? String(before.value.node.source ?? "") : "";
    if (isFlow && cut !== "" && value.node === null && !known.includes(name) && isCut(cut, name)) {
      if (fields.delete(before!.name)) {
        complain(
          before!.value,
          "within { } a comma ends a value",
          `write the whole of it in quotes: '${cut}, ${name} …'`,
        );
        doubtful.add(before!.name);
      }
      continue;
    }
    before = { name, value };
    if (known.includes(name)) {
      fields.set(name, value);
      if (again) doubtful.add(name);
      continue;
    }
    strange.add(name);
    const other = elsewhere(name);
    if (other !== null) {
      complain(key, `unknown field "${name}"`, other);
      continue;
    }
    const guess = place.source.guess(name, known);
    if (guess !== null) doubtful.add(guess);
    const otherwise = belongsHint(key, name) ?? `known: ${list(known)}`;
    complain(key, `unknown field "${name}"`, guess === null ? otherwise : `did you mean "${guess}"?`);
  }
  return { place, fields, doubtful, strange };
}

export function readItems(place: Place, what: string): readonly Place[] | undefined {
  if (!isSeq(place.node)) return complain(place, `expected ${what}, found ${found(place)}`, listHint(place));
  return place.node.items.map((item, index) => inside(place, `[${index}]`, item));
}

type Read<T> = (place: Place) => T | undefined;

/** The field's value; a missing field is a problem. */
export function required<T>(section: Section | undefined, name: string, read: Read<T>, hint?: string): T | undefined {
  if (section === undefined) return undefined;
  const place = section.fields.get(name);
  const value = place === undefined ? undefined : read(place);
  if (section.doubtful.has(name)) return undefined;
  if (place !== undefined) return value;
  const missing = { ...section.place, path: inside(section.place, name, null).path };
  return complain(missing, `missing field "${name}"`, hint ?? wantedHint(missing));
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
