import { StreamsError } from "../errors.ts";
import { streamsLimits } from "../limits.ts";
import { inlined, namedType } from "./inlined-schema.ts";
import type { AvroSchema } from "./registry.ts";

/** Confluent's answer for a schema. */
interface SchemaAnswer {
  readonly schema?: unknown;
  /** Absent: Avro. */
  readonly schemaType?: unknown;
  readonly references?: unknown;
}

export interface SchemaReference {
  readonly subject: string;
  readonly version: number;
}

/**
 * The schema in a registry's answer, in one piece: the types that it refers to stand in their places. Rejects with
 * `UNSUPPORTED_SCHEMA` and the reason.
 * @param ask the registry's answer for a version of a subject; undefined: it has none
 */
export async function registeredSchema(
  id: number,
  answer: unknown,
  ask: (reference: SchemaReference) => Promise<unknown>,
): Promise<AvroSchema> {
  const found = avroOf(id, answer);
  if (found.references.length === 0) return found.schema;
  const types = new Map<string, AvroSchema>();
  const asked = new Set<string>();
  let bytes = found.bytes;
  for (let open = found.references; open.length > 0;) {
    const next: SchemaReference[] = [];
    for (const reference of open) {
      const { subject, version } = reference;
      const name = `${subject} in version ${version}`;
      if (asked.has(name)) continue;
      asked.add(name);
      if (asked.size > streamsLimits.schemaReferences) {
        throw unsupported(id, `it refers to more than ${streamsLimits.schemaReferences} schemas`);
      }
      const referred = await ask(reference);
      if (referred === undefined) throw unsupported(id, `it refers to ${name}, which the registry does not have`);
      const part = avroOf(id, referred, ` of ${name}, to which it refers,`);
      bytes += part.bytes;
      if (bytes > streamsLimits.schemaBytes) throw tooLong(id);
      const type = namedType(part.schema);
      if (type !== undefined) types.set(type, part.schema);
      next.push(...part.references);
    }
    open = next;
  }
  try {
    return inlined(found.schema, types);
  } catch (error) {
    throw unsupported(id, error instanceof Error ? error.message : String(error), error);
  }
}

interface Found {
  readonly schema: AvroSchema;
  readonly references: readonly SchemaReference[];
  readonly bytes: number;
}

function avroOf(id: number, answer: unknown, which = ""): Found {
  const { schema, schemaType = "AVRO", references } = (answer ?? {}) as SchemaAnswer;
  if (schemaType !== "AVRO") throw unsupported(id, `it is${which} ${JSON.stringify(schemaType)}, not Avro`);
  if (typeof schema !== "string") throw unsupported(id, `the registry's answer${which} has no schema`);
  const bytes = Buffer.byteLength(schema);
  if (bytes > streamsLimits.schemaBytes) throw tooLong(id);
  try {
    return { schema: JSON.parse(schema) as AvroSchema, references: referencesIn(references), bytes };
  } catch (error) {
    throw unsupported(id, `the text${which} is no JSON`, error);
  }
}

function referencesIn(references: unknown): readonly SchemaReference[] {
  if (!Array.isArray(references)) return [];
  return references.map((each: Partial<SchemaReference> | null) => ({
    subject: String(each?.subject),
    version: Number(each?.version),
  }));
}

const tooLong = (id: number): StreamsError => unsupported(id, `it has more than ${streamsLimits.schemaBytes} bytes`);

export function unsupported(id: number, reason: string, cause?: unknown): StreamsError {
  return new StreamsError("UNSUPPORTED_SCHEMA", `the schema with id ${id} can't be used: ${reason}`, cause);
}
