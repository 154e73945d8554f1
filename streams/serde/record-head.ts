import avro from "avsc";
import type { AvroSchema } from "../registry/registry.ts";
import { asBuffer } from "../bytes.ts";
import { boundedTypes } from "./bounded-types.ts";

/** Of Confluent's framing. */
const PREFIX = 5;

type Head = Readonly<Record<string, unknown>>;

/**
 * Reads the first fields of records, by the schema that wrote them, up to the last of the wanted ones. The bytes behind
 * cost nothing, and nothing is known of them.
 */
export class RecordHeads {
  readonly #names: readonly string[];
  /** Null if the schema does not have all of the names. */
  readonly #types = new Map<AvroSchema, avro.Type | null>();

  constructor(names: readonly string[]) {
    this.#names = names;
  }

  /** `undefined` if the schema does not have all of the fields, or the bytes can't be read so far. */
  read(schema: AvroSchema, bytes: Uint8Array): Head | undefined {
    let type = this.#types.get(schema);
    if (type === undefined) this.#types.set(schema, (type = this.#typeOf(schema)));
    if (type === null) return undefined;
    try {
      const { value, offset } = type.decode(asBuffer(bytes), PREFIX) as { value: Head; offset: number };
      return offset < 0 ? undefined : value;
    } catch {
      return undefined;
    }
  }

  #typeOf(schema: AvroSchema): avro.Type | null {
    const { type, fields } = schema as { readonly type?: unknown; readonly fields?: readonly { name: string }[] };
    if (type !== "record" || fields === undefined) return null;
    const ends = this.#names.map((name) => fields.findIndex((field) => field.name === name));
    if (ends.includes(-1)) return null;
    const head = { ...(schema as object), fields: fields.slice(0, Math.max(...ends) + 1) };
    return avro.Type.forSchema(head as avro.Schema, { typeHook: boundedTypes } as never);
  }
}
