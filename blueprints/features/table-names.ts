import { isScalar } from "yaml";
import { BOUNDS } from "../defaults.ts";
import { rangeText, type KeySaid } from "../key-reference.ts";
import type { Names } from "../yaml/partly.ts";
import { complain, type Place } from "../yaml/place.ts";
import { readText } from "../yaml/scalars.ts";
import { readItems } from "../yaml/section.ts";
import { UNIT } from "../windows/unit.ts";
import type { FeaturesKnown, TableKnown } from "./feature-kind.ts";
import { inputOf, type Input } from "./inputs.ts";

export const KEY_OF_ROW: KeySaid = [
  "for a table: a key or category of `context`, `unit`, an earlier feature that is a category, or a list of them",
  "required",
  `${rangeText("tableKeys")} of them for a table`,
];

/** The name of a table of the blueprint. Undefined after a report, or if the table was declared with a mistake. */
export const readTable = (place: Place, { tables }: FeaturesKnown): string | undefined =>
  readName(place, tables, "table", "declare it under tables");

/** The name of one of its fields. */
export function readTableField(
  place: Place,
  table: string | undefined,
  of: TableKnown | undefined,
): string | undefined {
  if (of === undefined) return undefined;
  return readName(place, of.fields, `field of table ${table!}`, `declare it under tables.${table!}.fields`);
}

/** One of some names; another one is reported with the nearest. */
function readName(place: Place, names: Names<unknown>, what: string, mend: string): string | undefined {
  const name = readText(place, `a ${what}`, 200);
  if (name === undefined || Object.hasOwn(names.known, name)) return name;
  if (place.source.broken.has(name) || !names.complete) return undefined;
  place.source.broken.add(name);
  const guess = place.source.guess(name, Object.keys(names.known));
  return complain(place, `unknown ${what}: "${name}"`, guess === null ? mend : `did you mean "${guess}"?`);
}

/** The parts of a row's key: keys and categories of the context, earlier features that are categories, or the unit. */
export function readRowKey(
  place: Place,
  table: string | undefined,
  of: TableKnown | undefined,
  known: FeaturesKnown,
): readonly string[] | undefined {
  const items = isScalar(place.node) ? [place] : readItems(place, "the names that a row's key is made of");
  if (items === undefined) return undefined;
  const { min, max } = BOUNDS.tableKeys;
  if (items.length < min || items.length > max) {
    return complain(
      place,
      `expected ${min} to ${max} names, found ${items.length}`,
      "one for each part of the row's key",
    );
  }
  const by: string[] = [];
  for (const item of items) {
    const name = readText(item, "the name of a context entry or of an earlier feature", 200);
    if (name !== undefined && isKey(item, name, known)) by.push(name);
  }
  if (by.length < items.length) return undefined;
  const wanted = of?.key;
  if (wanted === undefined || wanted.length === by.length) return by;
  const keys = `${wanted.length === 1 ? "key" : "keys"} ${wanted.join(", ")}`;
  return complain(place, `table "${table!}" has the ${keys}, and ${by.length} are given`, `give ${wanted.length}`);
}

/** A part of a row's key as an input: `readRowKey` has read it. */
export const keyInput = (name: string, known: FeaturesKnown): Input =>
  inputOf(name, known) ?? { name, type: "key", entry: true };

function isKey(place: Place, name: string, known: FeaturesKnown): boolean {
  const { source } = place;
  const { context, types } = known;
  if (source.broken.has(name)) return false;
  const type = inputOf(name, known)?.type ?? (name === UNIT && context.complete ? "key" : undefined);
  if (type === "key" || type === "category") return true;
  if (type !== undefined) {
    complain(place, `"${name}" is a ${type}`, "a row is found by a key or a category");
    return false;
  }
  if (!context.complete) return false;
  source.broken.add(name);
  if (name === "none") {
    complain(place, "a row has a key", "name the entries that its parts are");
    return false;
  }
  const guess = source.guess(name, [...Object.keys(context.known), ...types.keys()]);
  complain(
    place,
    `"${name}" is not in context, and no earlier feature`,
    guess === null ? "declare it under context, or put its feature before this one" : `did you mean "${guess}"?`,
  );
  return false;
}
