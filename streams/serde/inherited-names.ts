import avro from "avsc";
import { writerType } from "./foreign-values.ts";
import type { AvroSchema } from "../registry/registry.ts";

const PREFIX = "own_";

interface RecordSchema {
  readonly type: "record";
  readonly fields: readonly { readonly name: string }[];
}

/** A reader of bytes that another schema wrote. */
export interface Reading {
  readonly type: avro.Type;
  readonly resolver: avro.Resolver;
  /** Gives the value read the reader's names. */
  readonly finish: (value: unknown) => unknown;
}

/** Whether a field has a name that every object inherits something under, such as `constructor` or `toString`. */
export function hasInheritedName(schema: AvroSchema): boolean {
  return isRecord(schema) && schema.fields.some(({ name }) => name in Object.prototype);
}

/**
 * Reads bytes of `writer` as `reader`, if a field of either has an inherited name. avsc looks fields up in plain
 * objects and takes an inherited property for a field, so both schemas get other names first. Throws when the one can't
 * be read as the other.
 */
export function readWithOwnNames(reader: AvroSchema, writer: AvroSchema): Reading {
  const type = avro.Type.forSchema(renamed(reader));
  const resolver = type.createResolver(writerType(renamed(writer)), { ignoreNamespaces: true });
  const names = isRecord(reader) ? reader.fields.map(({ name }) => name) : [];
  const finish = (value: unknown): unknown =>
    Object.fromEntries(names.map((name) => [name, (value as Record<string, unknown>)[PREFIX + name]]));
  return { type, resolver, finish };
}

function renamed(schema: AvroSchema): avro.Schema {
  if (!isRecord(schema)) return schema as avro.Schema;
  const fields = schema.fields.map((field) => ({ ...field, name: PREFIX + field.name }));
  return { ...(schema as object), fields } as unknown as avro.Schema;
}

function isRecord(schema: unknown): schema is RecordSchema {
  return typeof schema === "object" && schema !== null && "fields" in schema && Array.isArray(schema.fields);
}
