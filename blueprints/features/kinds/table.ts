import type { TableFeature } from "../../blueprint.ts";
import type { KeySaid } from "../../key-reference.ts";
import { vectorLength } from "../../values/declared-value.ts";
import { complain, type Place } from "../../yaml/place.ts";
import { readSection, required } from "../../yaml/section.ts";
import type { FeatureKind, FeaturesKnown, FeatureType, ReadFeature } from "../feature-kind.ts";
import { KEY_OF_ROW, readRowKey, readTable, readTableField } from "../table-names.ts";

const KEYS = Object.freeze({
  table: ["one of `tables`", "a table's feature needs it"],
  field: ["a field of the table", "a table's feature needs it"],
  by: KEY_OF_ROW,
} satisfies Record<string, KeySaid>);

/** A field of the row that is valid strictly before the decision. */
export const tableKind: FeatureKind<TableFeature> = {
  name: "table",
  written: "section",
  keys: () => KEYS,
  marks: () => ["table"],
  read: readTableFeature,
  canonical: (feature) => feature,
  describe: ({ slot, ...all }) => (slot === undefined ? inWords(all) : `number ${slot.at} of ${inWords(all)}`),
  describeSlots: ([first]) => `${inWords(first!)}, a ${first!.type}`,
  columnDoc: ({ table, field, by, type, slot }) =>
    `${slot === undefined ? "Field" : `Number ${slot.at} of field`} ${field} of table ${table} by ${by.join(" and ")} (${type === "boolean" ? "boolean, 1 or 0" : type}), of the row ` +
    "that was valid strictly before the decision; null when there was none.",
  type: ({ type, slot }) => (slot === undefined ? (type as FeatureType) : "number"),
  compute: ({ table, field, type, by, slot }) => ({ from: "table", lookup: { table, field, type, by, at: slot?.at } }),
};

const inWords = ({ field, table, by }: Pick<TableFeature, "field" | "table" | "by">): string =>
  `${field} of table ${table} by ${by.join("+")}`;

function readTableFeature(place: Place, name: string, known: FeaturesKnown): ReadFeature<TableFeature> {
  const section = readSection(place, Object.keys(KEYS));
  if (section === undefined) return "unusable";
  const table = required(section, "table", (at) => readTable(at, known));
  const of = table === undefined ? undefined : known.tables.known[table];
  const field = required(section, "field", (at) => readTableField(at, table, of));
  const by = required(section, "by", (at) => readRowKey(at, table, of, known));
  const type = field === undefined ? undefined : of?.fields.known[field];
  if (type === "text")
    complain(
      section.fields.get("field")!,
      `"${field!}" is a text, and no value of a column`,
      "make features of it with embed",
    );
  if (type === "text" || table === undefined || field === undefined || by === undefined || type === undefined)
    return "unusable";
  const length = vectorLength(type);
  if (length === undefined) return { kind: "table", name, table, field, type, by };
  return Array.from({ length }, (_, at) => ({
    ...({ kind: "table", name: `${name}_${at}`, table, field, type, by, slot: { of: name, at } } as const),
  }));
}
