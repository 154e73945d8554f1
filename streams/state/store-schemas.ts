import { createHash } from "node:crypto";
import avro from "avsc";
import { StreamsError } from "../errors.ts";
import type { StoreSpec } from "../operator.ts";
import type { AvroSchema } from "../registry/registry.ts";
import type { Change, StateDatabase } from "./engine.ts";
import { splitName } from "./keeper.ts";

/**
 * The schemas that the values of a state were written with lie in the state itself, and on its changelog with it (docs/decisions/037). A value of the
 * first schema of its store is as the store encodes it. One of a later schema begins with a mark and the tag of its schema.
 */
const PREFIX = "\u0001schema/";
const PREFIX_END = "\u0001schema0";
/** Avro begins no record of ours with it: as a length or a branch it would be -1. */
const MARK = Uint8Array.of(0x01, 0xc5);
const TAG_BYTES = 4;
const TAGGED_FROM = MARK.length + TAG_BYTES;
/** The tag of values that bear none. */
const FIRST = "";

type Schemas = Pick<StoreSpec<unknown>, "schema" | "formerSchema">;
/** By tag: the schema, as canonical text. */
type Tags = Map<string, string>;

export interface StoreCodec<V> {
  readonly encode: (value: V) => Uint8Array;
  readonly decode: (bytes: Uint8Array) => V;
}

/** The schemas of the stores of one state. */
export class StoreSchemas {
  readonly #stores: Map<string, Tags>;
  readonly #isNew: boolean;

  /** @param isNew nothing has been written to the state yet. */
  constructor(isNew: boolean, stores = new Map<string, Tags>()) {
    this.#isNew = isNew;
    this.#stores = stores;
  }

  static async read(database: Pick<StateDatabase, "range">, isNew: boolean): Promise<StoreSchemas> {
    const stores = new Map<string, Tags>();
    for (const [key, value] of await database.range(PREFIX, PREFIX_END)) {
      const [store, tag] = key.slice(PREFIX.length).split("\0") as [string, string];
      tagsIn(stores, store).set(tag, Buffer.from(value).toString());
    }
    return new StoreSchemas(isNew, stores);
  }

  /**
   * How values of a store are read and written.
   * @returns also the changes that keep its schema, to be stored before or with its first value.
   * Throws `STATE_UNREADABLE` where something was written by a schema that this release can't read.
   */
  codec<V>(store: string, spec: StoreSpec<V>): { readonly codec: StoreCodec<V>; readonly changes: readonly Change[] } {
    if (spec.schema === undefined) return { codec: spec, changes: [] };
    const schema = canonical(spec.schema);
    const tags = tagsIn(this.#stores, store);
    const changes: Change[] = [];
    const keep = (tag: string, text: string): void => {
      if (tags.has(tag)) return;
      tags.set(tag, text);
      changes.push(schemaChange(store, tag, text));
    };
    keep(FIRST, this.#isNew ? schema : firstSchema(spec)!);
    const tag = tags.get(FIRST) === schema ? FIRST : tagOf(schema);
    keep(tag, schema);
    if (tags.size === 1) return { codec: spec, changes };
    const readers = new Map(
      Array.from(tags, ([each, text]) => [each, text === schema ? spec.decode : readerOf(store, spec, text)]),
    );
    const mark = tag === FIRST ? undefined : Buffer.concat([MARK, Buffer.from(tag, "hex")]);
    return {
      codec: {
        encode: (value) => (mark === undefined ? spec.encode(value) : Buffer.concat([mark, spec.encode(value)])),
        decode(bytes) {
          const read = isTagged(bytes) ? readers.get(tagIn(bytes)) : undefined;
          return read === undefined ? readers.get(FIRST)!(bytes) : read(bytes.subarray(TAGGED_FROM));
        },
      },
      changes,
    };
  }

  /**
   * A value of this state as it must be written to another one, so that it is read there by the schema that wrote it.
   * @returns also the changes that make the schema known there, the first time.
   */
  movedTo(
    other: StoreSchemas,
    store: string,
    value: Uint8Array,
    spec: Schemas | undefined,
  ): { readonly value: Uint8Array; readonly changes: readonly Change[] } {
    const from = tagsIn(this.#stores, store);
    const to = tagsIn(other.#stores, store);
    const tag = isTagged(value) && from.has(tagIn(value)) ? tagIn(value) : FIRST;
    const text = from.get(tag) ?? firstSchema(spec);
    if (text === undefined) return { value, changes: [] };
    if (tag === FIRST && to.size > 0 && to.get(FIRST) !== text) {
      const given = tagOf(text);
      const marked = Buffer.concat([MARK, Buffer.from(given, "hex"), value]);
      return { value: marked, changes: keptAs(to, store, given, text) };
    }
    return { value, changes: keptAs(to, store, tag, text) };
  }
}

function keptAs(tags: Tags, store: string, tag: string, text: string): readonly Change[] {
  if (tags.has(tag)) return [];
  tags.set(tag, text);
  return [schemaChange(store, tag, text)];
}

function tagsIn(stores: Map<string, Tags>, store: string): Tags {
  let tags = stores.get(store);
  if (tags === undefined) stores.set(store, (tags = new Map()));
  return tags;
}

const schemaChange = (store: string, tag: string, text: string): Change => [
  `${PREFIX}${store}\0${tag}`,
  Buffer.from(text),
];

/** The schema of values in a state that keeps none. */
function firstSchema(spec: Schemas | undefined): string | undefined {
  const schema = spec?.formerSchema ?? spec?.schema;
  return schema === undefined ? undefined : canonical(schema);
}

const texts = new Map<AvroSchema, string>();

/** Two schemas of one text write the same bytes: defaults, names of the store and comments are left out. Each task asks for the same ones. */
function canonical(schema: AvroSchema): string {
  let text = texts.get(schema);
  if (text === undefined) {
    texts.set(schema, (text = JSON.stringify(avro.Type.forSchema(schema as avro.Schema).schema())));
  }
  return text;
}

const tagOf = (text: string): string =>
  createHash("sha256")
    .update(text)
    .digest("hex")
    .slice(0, 2 * TAG_BYTES);

const isTagged = (bytes: Uint8Array): boolean =>
  bytes.length >= TAGGED_FROM && bytes[0] === MARK[0] && bytes[1] === MARK[1];

const tagIn = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset + MARK.length, TAG_BYTES).toString("hex");

function readerOf<V>(store: string, spec: StoreSpec<V>, writer: string): (bytes: Uint8Array) => V {
  try {
    if (spec.reading !== undefined) return spec.reading(JSON.parse(writer) as AvroSchema);
  } catch (error) {
    throw unreadable(store, error);
  }
  throw unreadable(store, new StreamsError("STATE_UNREADABLE", "it reads no schema but its own"));
}

function unreadable(store: string, cause: unknown): StreamsError {
  const [operator, name] = splitName(store);
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new StreamsError(
    "STATE_UNREADABLE",
    `store ${name} of operator ${operator} holds values of a schema that this release can't read: ${reason}. Start the release that wrote ` +
      "them; or give the application another group and a new directory, and replay",
    cause,
  );
}
