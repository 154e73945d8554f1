import type avro from "avsc";
import type { AvroSchema, SchemaRegistry } from "../registry/registry.ts";
import { asBuffer } from "../bytes.ts";
import { StreamsError } from "../errors.ts";
import { streamsLimits } from "../limits.ts";
import { defineTopic, type AnyTopic, type Topic } from "../topic.ts";
import { walkOf, type Walk } from "./avro-walk.ts";
import { writerType } from "./foreign-values.ts";
import { hasInheritedName, readWithOwnNames, type Reading } from "./inherited-names.ts";
import { Slab } from "./slab.ts";
import { UnreadableRecords } from "./unreadable-records.ts";

const MAGIC = 0;
const PREFIX = 5;

/** Most unusable schema ids that are remembered. */
const MOST_REFUSED = 10_000;

/** How bytes of one schema become values of one type. */
interface CheckedReading {
  readonly type: avro.Type;
  readonly resolver: avro.Resolver | undefined;
  readonly finish: Reading["finish"] | undefined;
  /** Of bytes that somebody else's schema wrote, before they are read. */
  readonly walk: Walk | undefined;
}

interface Writer {
  readonly id: number;
  readonly type: avro.Type;
}

/**
 * Values to bytes and back, in Confluent's framing: a zero byte, the schema id (u32, big-endian), Avro. The registry is
 * asked once for each schema; `encode` and `decode` are then synchronous.
 */
export class Serdes {
  /** Records that readers of whole topics had to leave out. */
  readonly unreadable = new UnreadableRecords();
  readonly #registry: SchemaRegistry;
  readonly #subjectPrefix: string;
  readonly #writers = new Map<string, Writer>();
  readonly #schemas = new Map<number, AvroSchema>();
  /** Of schemas that others registered. */
  readonly #walks = new Map<number, Walk>();
  /** Unusable schema ids, each with the time until which the registry is not asked again, in milliseconds of `now`. */
  readonly #refused = new Map<number, { readonly error: StreamsError; readonly until: number }>();
  /** By schema id: the question that is under way. */
  readonly #learning = new Map<number, Promise<void>>();
  /** By schema id: the writer's topic, which reads values by their meaning. */
  readonly #written = new Map<number, Topic<unknown>>();
  readonly #readings = new Map<avro.Type, Map<number, CheckedReading | StreamsError>>();
  readonly #now: () => number;
  readonly #slab = new Slab();

  /** @param now milliseconds of a monotonic clock. */
  constructor(registry: SchemaRegistry, subjectPrefix = "", now = () => performance.now()) {
    this.#registry = registry;
    this.#subjectPrefix = subjectPrefix;
    this.#now = now;
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

  /** Throws `UNENCODABLE` naming the field, or if the topic was never opened. */
  encode<V>(topic: Topic<V>, value: V): Uint8Array {
    const writer = this.#writers.get(topic.name);
    if (writer === undefined) throw new StreamsError("UNENCODABLE", `topic ${topic.name}: open it before encoding`);
    try {
      const bytes = this.#slab.encode(topic.type, value, PREFIX);
      bytes[0] = MAGIC;
      bytes.writeUInt32BE(writer.id, 1);
      return bytes;
    } catch (error) {
      throw new StreamsError("UNENCODABLE", `topic ${topic.name}: ${invalidField(topic.type, value)}`, error);
    }
  }

  /**
   * Loads the schema of these bytes, if it is not known yet. Never rejects for bad bytes or an unusable schema:
   * `decode` gives the reason. The answer about such a schema holds for `refusedSchemaMs`.
   */
  async learn(bytes: Uint8Array): Promise<void> {
    const id = schemaId(bytes);
    if (id === undefined || this.#schemas.has(id) || this.#isRefused(id)) return;
    let learning = this.#learning.get(id);
    if (learning === undefined) {
      learning = this.#learn(id).finally(() => this.#learning.delete(id));
      this.#learning.set(id, learning);
    }
    await learning;
  }

  async #learn(id: number): Promise<void> {
    try {
      const schema = await this.#registry.schema(id);
      this.#walks.set(id, walkOfSchema(id, schema));
      this.#schemas.set(id, schema);
      this.#refused.delete(id);
    } catch (error) {
      if (!(error instanceof StreamsError) || error.flags.retry || error.flags.fatal) throw error;
      this.#refuse(id, error);
    }
  }

  #isRefused(id: number): boolean {
    const refused = this.#refused.get(id);
    return refused !== undefined && this.#now() < refused.until;
  }

  #refuse(id: number, error: StreamsError): void {
    this.#refused.delete(id);
    if (this.#refused.size >= MOST_REFUSED) this.#refused.delete(this.#refused.keys().next().value!);
    this.#refused.set(id, { error, until: this.#now() + streamsLimits.refusedSchemaMs });
  }

  /** Rejects if the registry does not answer. */
  async reach(): Promise<void> {
    await this.#registry.subjects();
  }

  /** Whether the schema of the bytes is known, or known to be refused: `decode` then has nothing to wait for. */
  knows(bytes: Uint8Array): boolean {
    const id = schemaId(bytes);
    return id === undefined || this.#schemas.has(id) || this.#isRefused(id);
  }

  /** Throws `UNDECODABLE`, `UNKNOWN_SCHEMA` or `UNSUPPORTED_SCHEMA` with the fault of the bytes. */
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
      reading.walk?.(buffer, PREFIX);
      decoded = reading.type.decode(buffer, PREFIX, reading.resolver) as typeof decoded;
    } catch (error) {
      throw new StreamsError("UNDECODABLE", `the Avro after schema id ${id} can't be read: ${messageOf(error)}`, error);
    }
    if (decoded.offset < 0)
      throw new StreamsError("UNDECODABLE", `truncated: ${bytes.length} bytes of schema id ${id}`);
    if (decoded.offset < bytes.length) {
      const extra = bytes.length - decoded.offset;
      throw new StreamsError("UNDECODABLE", `${extra} bytes too many for schema id ${id}: is the id the right one?`);
    }
    return (reading.finish === undefined ? decoded.value : reading.finish(decoded.value)) as V;
  }

  #reading(topic: AnyTopic, id: number): CheckedReading {
    let byId = this.#readings.get(topic.type);
    if (byId === undefined) this.#readings.set(topic.type, (byId = new Map()));
    let reading = byId.get(id);
    if (reading === undefined) {
      const schema = this.#schemas.get(id);
      if (schema === undefined) {
        const refused = this.#refused.get(id)?.error;
        throw refused ?? new StreamsError("UNKNOWN_SCHEMA", `schema id ${id} is not in the registry`);
      }
      byId.set(id, (reading = this.#newReading(topic, id, schema)));
    }
    if (reading instanceof StreamsError) throw reading;
    return reading;
  }

  #newReading(topic: AnyTopic, id: number, schema: AvroSchema): CheckedReading | StreamsError {
    const walk = this.#walks.get(id);
    try {
      // A topic that this process has opened has its own schema under the id: no type has to be made to compare.
      if (schema !== topic.schema) {
        const writer = writerType(schema as avro.Schema);
        if (!writer.equals(topic.type)) return { ...readingOf(topic, schema, writer), walk };
      }
      // The types of our own topics hold to the bytes by themselves.
      const own = this.isOpen(topic);
      return { type: topic.type, resolver: undefined, finish: undefined, walk: own ? undefined : walk };
    } catch (error) {
      return new StreamsError(
        "UNDECODABLE",
        `schema id ${id} can't be read as ${topic.name}: ${misfitOf(messageOf(error))}`,
        error,
      );
    }
  }

  /**
   * The value by its writer's schema, for callers that want to see values which can't be read as the topic's. A long
   * that no number holds is a bigint. Throws as `decode` does, for bytes that are no such value.
   */
  decodeAsWritten(bytes: Uint8Array): unknown {
    const id = schemaId(bytes);
    const schema = this.schemaOf(bytes);
    if (id === undefined || schema === undefined) {
      throw new StreamsError("UNKNOWN_SCHEMA", "the schema that wrote the bytes is not known");
    }
    let topic = this.#written.get(id);
    if (topic === undefined)
      this.#written.set(id, (topic = defineTopic({ name: `schema id ${id}`, schema, exactLongs: true })));
    return this.decode(topic, bytes);
  }

  /** The schema that wrote the bytes, when `learn` has met it. */
  schemaOf(bytes: Uint8Array): AvroSchema | undefined {
    const id = schemaId(bytes);
    return id === undefined ? undefined : this.#schemas.get(id);
  }
}

/** avsc's reason for a type that is not the one that is read. */
const misfitOf = (reason: string): string => reason.replace(/^no alias found for (.+)$/, "its type is $1, another one");

function walkOfSchema(id: number, schema: AvroSchema): Walk {
  try {
    return walkOf(schema);
  } catch (error) {
    throw new StreamsError("UNSUPPORTED_SCHEMA", `the schema with id ${id} can't be used: ${messageOf(error)}`, error);
  }
}

function readingOf(topic: AnyTopic, schema: AvroSchema, writer: avro.Type): Reading {
  if (hasInheritedName(topic.schema) || hasInheritedName(schema)) return readWithOwnNames(topic.schema, schema);
  return {
    type: topic.type,
    resolver: topic.type.createResolver(writer, { ignoreNamespaces: true }),
    finish: (value) => value,
  };
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
