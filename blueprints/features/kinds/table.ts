import { isScalar } from "yaml";
import type { TableFeature } from "../../blueprint.ts";
import { BOUNDS } from "../../defaults.ts";
import { rangeText, type KeySaid } from "../../key-reference.ts";
import type { Names } from "../../yaml/partly.ts";
import { complain, type Place } from "../../yaml/place.ts";
import { readText } from "../../yaml/scalars.ts";
import { readItems, readSection, required } from "../../yaml/section.ts";
import type { FeatureKind, FeaturesKnown, ReadFeature, TableKnown } from "../feature-kind.ts";

const KEYS = Object.freeze({
  table: ["one of `tables`", "a table's feature needs it"],
  field: ["a field of the table", "a table's feature needs it"],
  by: [
    "for a table: a key or category of `context`, an earlier feature that is a category, or a list of them",
    "required",
    `${rangeText("tableKeys")} of them for a table`,
  ],
} satisfies Record<string, KeySaid>);

/** A field of the row that is valid strictly before the decision. */
export const tableKind: FeatureKind<TableFeature> = {
  name: "table",
  written: "section",
  keys: () => KEYS,
  marks: () => ["table"],
  read: readTableFeature,
  canonical: (feature) => feature,
  describe: ({ table, field, by }) => `${field} of table ${table} by ${by.join("+")}`,
  columnDoc: ({ table, field, by, type }) =>
    `Field ${field} of table ${table} by ${by.join(" and ")} (${type === "boolean" ? "boolean, 1 or 0" : type}), of the row ` +
    "that was valid strictly before the decision; null when there was none.",
  type: ({ type }) => type,
  compute: ({ table, field, type, by }) => ({ from: "table", lookup: { table, field, type, by } }),
};

function readTableFeature(place: Place, name: string, known: FeaturesKnown): ReadFeature<TableFeature> {
  const section = readSection(place, Object.keys(KEYS));
  if (section === undefined) return "unusable";
  const table = required(section, "table", (at) => readName(at, known.tables, "table", "declare it under tables"));
  const of = table === undefined ? undefined : known.tables.known[table];
  const field = required(section, "field", (at) =>
    of === undefined
      ? undefined
      : readName(at, of.fields, `field of table ${table!}`, `declare it under tables.${table!}.fields`),
  );
  const by = required(section, "by", (at) => readBy(at, table, of, known));
  const type = field === undefined ? undefined : of?.fields.known[field];
  if (table === undefined || field === undefined || by === undefined || type === undefined) return "unusable";
  return { kind: "table", name, table, field, type, by };
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

function readBy(
  place: Place,
  table: string | undefined,
  of: TableKnown | undefined,
  known: FeaturesKnown,
): readonly string[] | undefined {
  const items = isScalar(place.node) ? [place] : readItems(place, "the names that a row's key is made of");
  if (items === undefined) return undefined;
  const { min, max } = BOUNDS.tableKeys;
  if (items.length < min || items.length > max) {
    return complain(place, `expected ${min} to ${max} names, found ${items.length}`);
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

function isKey(place: Place, name: string, { context, types }: FeaturesKnown): boolean {
  const { source } = place;
  if (source.broken.has(name)) return false;
  const entry = Object.hasOwn(context.known, name) ? context.known[name] : undefined;
  const type = entry ?? types.get(name);
  if (type === "key" || type === "category") return true;
  if (type !== undefined) {
    complain(place, `"${name}" is a ${type}`, "a row is found by a key or a category");
    return false;
  }
  if (!context.complete) return false;
  source.broken.add(name);
  const guess = source.guess(name, [...Object.keys(context.known), ...types.keys()]);
  complain(
    place,
    `"${name}" is not in context, and no earlier feature`,
    guess === null ? "declare it under context, or put its feature before this one" : `did you mean "${guess}"?`,
  );
  return false;
}
