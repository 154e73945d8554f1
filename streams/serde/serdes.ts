import avro from "avsc";
import type { AvroSchema, SchemaRegistry } from "../registry/registry.ts";
import { asBuffer } from "../bytes.ts";
import { StreamsError } from "../errors.ts";
import type { AnyTopic, Topic } from "../topic.ts";
import { hasInheritedName, readWithOwnNames, type Reading } from "./inherited-names.ts";
import { UnreadableRecords } from "./unreadable-records.ts";

const MAGIC = 0;
const PREFIX = 5;
const SLAB = 1 << 16;

interface Writer {
  readonly id: number;
  readonly type: avro.Type;
}

/**
 * Values to bytes and back, in Confluent's framing: a zero byte, the schema id (u32, big-endian), Avro. The registry is
 * asked once a schema; `encode` and `decode` are then synchronous.
 */
export class Serdes {
  /** What readers of whole topics had to leave out. */
  readonly unreadable = new UnreadableRecords();
  readonly #registry: SchemaRegistry;
  readonly #subjectPrefix: string;
  readonly #writers = new Map<string, Writer>();
  readonly #schemas = new Map<number, AvroSchema>();
  readonly #resolvers = new Map<avro.Type, Map<number, Reading | null>>();
  #slab = Buffer.allocUnsafeSlow(SLAB);
  #used = 0;

  constructor(registry: SchemaRegistry, subjectPrefix = "") {
    this.#registry = registry;
    this.#subjectPrefix = subjectPrefix;
  }

  /** Registers the topic's schema. Rejects with `INCOMPATIBLE_SCHEMA` naming the subject. Cheap when done before. */
  async open(topic: AnyTopic): Promise<void> {
    if (this.isOpen(topic)) return;
    const subject = `${this.#subjectPrefix}${topic.name}-value`;
    const id = await this.#registry.register(subject, topic.schema, topic.compatibility);
    this.#schemas.set(id, topic.schema);
    this.#writers.set(topic.name, { id, type: topic.type });
  }

  isOpen(topic: AnyTopic): boolean {
    return this.#writers.get(topic.name)?.type === topic.type;
  }

  /** Throws `UNENCODABLE` naming the field, or when the topic was never opened. */
  encode<V>(topic: Topic<V>, value: V): Uint8Array {
    const writer = this.#writers.get(topic.name);
    if (writer === undefined) throw new StreamsError("UNENCODABLE", `topic ${topic.name}: open it before encoding`);
    if (SLAB - this.#used < 512) this.#renew();
    try {
      let at = this.#used;
      let end = topic.type.encode(value, this.#slab, at + PREFIX);
      if (end < 0) {
        this.#renew();
        at = 0;
        end = topic.type.encode(value, this.#slab, PREFIX);
        if (end < 0) return this.#frame(writer.id, topic.type.toBuffer(value));
      }
      this.#slab[at] = MAGIC;
      this.#slab.writeUInt32BE(writer.id, at + 1);
      this.#used = end;
      return this.#slab.subarray(at, end);
    } catch (error) {
      throw new StreamsError("UNENCODABLE", `topic ${topic.name}: ${invalidField(topic.type, value)}`, error);
    }
  }

  #renew(): void {
    this.#slab = Buffer.allocUnsafeSlow(SLAB);
    this.#used = 0;
  }

  #frame(id: number, body: Buffer): Uint8Array {
    const out = Buffer.allocUnsafe(PREFIX + body.length);
    out[0] = MAGIC;
    out.writeUInt32BE(id, 1);
    body.copy(out, PREFIX);
    return out;
  }

  /** Loads the schema that wrote these bytes, when it is not known yet. Never rejects for bad bytes: `decode` says what is wrong. */
  async learn(bytes: Uint8Array): Promise<void> {
    const id = schemaId(bytes);
    if (id === undefined || this.#schemas.has(id)) return;
    try {
      this.#schemas.set(id, await this.#registry.schema(id));
    } catch (error) {
      if (error instanceof StreamsError && error.code === "UNKNOWN_SCHEMA") return;
      throw error;
    }
  }

  knows(bytes: Uint8Array): boolean {
    const id = schemaId(bytes);
    return id === undefined || this.#schemas.has(id);
  }

  /** Throws `UNDECODABLE` or `UNKNOWN_SCHEMA` with what is wrong with the bytes. */
  decode<V>(topic: Topic<V>, bytes: Uint8Array): V {
    const id = schemaId(bytes);
    if (id === undefined) {
      throw new StreamsError(
        "UNDECODABLE",
        `not Confluent-framed Avro: it has ${bytes.length} bytes and begins with ${bytes[0] ?? "nothing"}, not 0 and a schema id`,
      );
    }
    const reading = this.#reading(topic, id);
    const buffer = asBuffer(bytes);
    let decoded: { value: unknown; offset: number };
    try {
      decoded =
        reading === null
          ? (topic.type.decode(buffer, PREFIX) as typeof decoded)
          : (reading.type.decode(buffer, PREFIX, reading.resolver) as typeof decoded);
    } catch (error) {
      throw new StreamsError("UNDECODABLE", `the Avro after schema id ${id} can't be read: ${messageOf(error)}`, error);
    }
    if (decoded.offset < 0)
      throw new StreamsError("UNDECODABLE", `truncated: ${bytes.length} bytes of schema id ${id}`);
    if (decoded.offset < bytes.length) {
      const extra = bytes.length - decoded.offset;
      throw new StreamsError("UNDECODABLE", `${extra} bytes too many for schema id ${id}: is the id the right one?`);
    }
    return (reading === null ? decoded.value : reading.finish(decoded.value)) as V;
  }

  /** Null: the writer's schema is the topic's own. */
  #reading(topic: AnyTopic, id: number): Reading | null {
    let byId = this.#resolvers.get(topic.type);
    if (byId === undefined) this.#resolvers.set(topic.type, (byId = new Map()));
    let reading = byId.get(id);
    if (reading === undefined) {
      const schema = this.#schemas.get(id);
      if (schema === undefined) throw new StreamsError("UNKNOWN_SCHEMA", `schema id ${id} is not in the registry`);
      const writer = avro.Type.forSchema(schema as avro.Schema);
      try {
        reading = writer.equals(topic.type) ? null : readingOf(topic, schema, writer);
      } catch (error) {
        throw new StreamsError(
          "UNDECODABLE",
          `schema id ${id} can't be read as ${topic.name}: ${messageOf(error)}`,
          error,
        );
      }
      byId.set(id, reading);
    }
    return reading;
  }

  /** The schema that wrote the bytes, when `learn` has met it. */
  schemaOf(bytes: Uint8Array): AvroSchema | undefined {
    const id = schemaId(bytes);
    return id === undefined ? undefined : this.#schemas.get(id);
  }
}

function readingOf(topic: AnyTopic, schema: AvroSchema, writer: avro.Type): Reading {
  if (hasInheritedName(topic.schema) || hasInheritedName(schema)) return readWithOwnNames(topic.schema, schema);
  return { type: topic.type, resolver: topic.type.createResolver(writer), finish: (value) => value };
}

function schemaId(bytes: Uint8Array): number | undefined {
  if (bytes.length < PREFIX || bytes[0] !== MAGIC) return undefined;
  return ((bytes[1]! << 24) | (bytes[2]! << 16) | (bytes[3]! << 8) | bytes[4]!) >>> 0;
}

function invalidField(type: avro.Type, value: unknown): string {
  const wrong: string[] = [];
  type.isValid(value, {
    errorHook: (path: readonly string[], part: unknown, expected: avro.Type) =>
      void wrong.push(
        `${path.join(".") || "value"} is ${String(JSON.stringify(part)).slice(0, 80)}, not ${JSON.stringify(expected.schema()).slice(0, 80)}`,
      ),
  });
  return wrong.length > 0 ? wrong.slice(0, 3).join("; ") : "the value does not fit the schema";
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
