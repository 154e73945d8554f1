import { isScalar } from "yaml";
import type { ReferenceTable, TableFieldType } from "../blueprint.ts";
import { BOUNDS, DEFAULTS, TABLE_TYPES } from "../defaults.ts";
import { mostText, rangeText, type KeySaid } from "../key-reference.ts";
import { nothingRead, whole, type Names, type Partly } from "../yaml/partly.ts";
import { complain, type Place } from "../yaml/place.ts";
import { checkName, readNumber, readText } from "../yaml/scalars.ts";
import { complainTwice, optional, readEntries, readItems, readSection, required } from "../yaml/section.ts";
import type { BlueprintSection } from "./blueprint-section.ts";
import { readTypeOrVector, readTypes } from "./named-types.ts";

const KEYS = {
  key: ["a name, or a list of them", "required", `${rangeText("tableKeys")} of them`],
  fields: [`names and types: ${TABLE_TYPES.join(", ")}`, "required", mostText("fieldsOfATable", "fields")],
  maxRows: ["whole number", String(DEFAULTS.maxRows), rangeText("maxRows")],
} satisfies Record<string, KeySaid>;

/** A table under reading. The names of fields that could be read are known even if others could not. */
export interface ReadTable {
  readonly key: readonly string[] | undefined;
  readonly fields: Names<TableFieldType>;
  readonly maxRows: number | undefined;
}

export const tablesSection: BlueprintSection<"tables", Names<ReadTable>> = {
  name: "tables",
  said: ["tables, each a section", "none", mostText("tables", "tables")],
  keys: () => Object.fromEntries(Object.entries(KEYS).map(([key, said]) => [`TABLE.${key}`, said])),
  read: (blueprint) => optional(blueprint, "tables", noTables, readTables) ?? nothingRead,
  whole({ known }) {
    const tables = Object.entries(known).map(
      ([name, { fields, ...others }]) =>
        [name, whole<ReferenceTable>({ ...others, fields: fields.complete ? fields.known : undefined })] as const,
    );
    return whole(Object.fromEntries(tables) as Partly<Record<string, ReferenceTable>>);
  },
  *describe(tables) {
    for (const [name, { key, fields, maxRows }] of Object.entries(tables)) {
      yield [`tables.${name}.key`, key.join("+")];
      yield [`tables.${name}.maxRows`, maxRows];
      for (const [field, type] of Object.entries(fields)) yield [`tables.${name}.fields.${field}`, type];
    }
  },
  // Older versions have no tables in their hash.
  canonical: (tables) => (Object.keys(tables).length === 0 ? undefined : tables),
};

const noTables = Object.freeze({ known: Object.freeze({}), complete: true });

function readTables(place: Place): Names<ReadTable> {
  const known: Record<string, ReadTable> = {};
  const entries = readEntries(place, "a section of tables");
  if (entries === undefined) return { known, complete: false };
  let complete = entries.length <= BOUNDS.tables;
  if (!complete) complain(place, `at most ${BOUNDS.tables} tables, found ${entries.length}`);
  for (const { name, key, value, again } of entries.slice(0, BOUNDS.tables)) {
    if (!checkName(key, name) || again) {
      place.source.broken.add(name);
      complete = false;
      continue;
    }
    const section = readSection(value, Object.keys(KEYS));
    known[name] = {
      key: required(section, "key", readKey),
      fields: required(section, "fields", readFields) ?? nothingRead,
      maxRows: optional(section, "maxRows", DEFAULTS.maxRows, (at) => readNumber(at, BOUNDS.maxRows, "whole")),
    };
    doubleNames(section?.fields.get("key"), known[name]);
  }
  return { known, complete };
}

function readFields(place: Place): Names<TableFieldType> {
  const read = readTypes(place, `a section of names and types (${TABLE_TYPES.join(" | ")})`, (type) =>
    readTypeOrVector<TableFieldType>(type, TABLE_TYPES),
  );
  const count = Object.keys(read.known).length;
  if (count > BOUNDS.fieldsOfATable) {
    complain(place, `at most ${BOUNDS.fieldsOfATable} fields, found ${count}`);
    return { ...read, complete: false };
  }
  return read;
}

function readKey(place: Place): readonly string[] | undefined {
  const { min, max } = BOUNDS.tableKeys;
  const items = isScalar(place.node) ? [place] : readItems(place, "the name of a key, or a list of them");
  if (items === undefined) return undefined;
  if (items.length < min || items.length > max) {
    return complain(place, `expected ${min} to ${max} names of keys, found ${items.length}`);
  }
  const key: string[] = [];
  for (const item of items) {
    const name = readText(item, "the name of a key", 200);
    if (name === undefined || !checkName(item, name)) continue;
    if (key.includes(name)) complainTwice(item, `"${name}" twice`);
    else key.push(name);
  }
  return key.length === items.length ? key : undefined;
}

/** In a file a column is either a part of the key or a field. */
function doubleNames(place: Place | undefined, { key, fields }: ReadTable): void {
  if (place === undefined) return;
  for (const name of key ?? []) {
    if (!Object.hasOwn(fields.known, name)) continue;
    complain(place, `"${name}" is a key and a field`, "leave it out of the fields: a decision has the key already");
  }
}
