import avro from "avsc";
import type { Headers } from "./backbone/backbone.ts";
import type { AvroSchema } from "./registry/registry.ts";
import type { AnyTopic, Topic, ValueOf } from "./topic.ts";

/** Where a record was read, for dead letters and for people. */
export interface Origin {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

export interface StreamRecord<V> {
  readonly key: string;
  readonly value: V;
  /** Event time, ms. */
  readonly time: number;
  readonly headers: Headers;
  /** The record from outside that this one goes back to. */
  readonly origin: Origin;
}

export interface Emitted<V> {
  readonly key: string;
  readonly value: V;
  readonly time: number;
  /** The record this one goes back to: gives its headers, unless others are given, and its origin. */
  readonly from?: StreamRecord<unknown>;
  readonly headers?: Headers;
  /** Where the output is a family of topics: the one that is meant. */
  readonly topic?: Topic<V>;
}

/** An answer to a request: where it goes and its headers, the request says. */
export type Reply<V> = Pick<Emitted<V>, "key" | "value" | "time">;

/** A keyed store of the operator, one partition of it in each task, with a compacted changelog. */
export interface StoreSpec<V> {
  readonly encode: (value: V) => Uint8Array;
  readonly decode: (bytes: Uint8Array) => V;
  /** The Avro schema of the bytes. It is kept with the state, so that a release with another one can read them. Absent: none, as for JSON. */
  readonly schema?: AvroSchema | undefined;
  /** The schema of values in a state that keeps none, as older releases left it. Absent: `schema`. */
  readonly formerSchema?: AvroSchema | undefined;
  /** A decoder of bytes that another schema wrote; throws where that can't be read as the store's own. Needed with `schema`. */
  readonly reading?: ((writer: AvroSchema) => (bytes: Uint8Array) => V) | undefined;
  /**
   * Values are held as they are, and become bytes when a commit begins: for those that nearly every batch changes. They are changed with `update` only.
   * Gives a bound of the bytes that the value takes: one whose bound does not fit into a record is written with each change.
   */
  readonly heldBytes?: (value: V) => number;
}

/** Reads see the writes of the same batch. Keys are ordered by their UTF-8 bytes. */
export interface Store<V> {
  get(key: string): V | undefined;
  put(key: string, value: V): void;
  delete(key: string): void;
  /**
   * Puts what `change` makes of the value; `undefined`: there is none. Where the store holds values (`heldBytes`) that happens once the batch is done, and
   * not at all where it fails, so the value may be changed in place; reads of the same batch do not see it, and `change` must not throw.
   */
  update(key: string, change: (value: V | undefined) => V): void;
}

/** What every instance holds whole, fed from a topic; read-only for operators. */
export interface GlobalView<V> {
  get(key: string): V | undefined;
  values(): Iterable<V>;
  /** Keys whose newest record can't be used, with the reason. One that can't even be decoded has no value here. */
  readonly unreadable: ReadonlyMap<string, string>;
  /** Grows with every change, so that what is derived from the view can be kept. */
  readonly version: number;
}

export interface Timer {
  /** Event time at which it was due, ms. */
  readonly time: number;
  readonly key: string;
}

/** Which topics a request may name for its reply, beside the one the operator declares. */
export interface ReplyRule {
  /** Their names begin with this. */
  readonly prefix: string;
  /** Never one of these, whatever the prefix. The topology's own topics, changelogs and internal topics need not be among them. */
  readonly isTaken?: (topic: string) => boolean;
}

type Inputs = Readonly<Record<string, AnyTopic>>;
type Outputs = Readonly<Record<string, AnyTopic>>;
// The two variance seams of the operator type: stores and global views of any value.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Stores = Readonly<Record<string, StoreSpec<any>>>;
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Globals = Readonly<Record<string, GlobalRef<any>>>;

/** Names a global and carries the type of what `view` gives. */
export interface GlobalRef<View> {
  readonly name: string;
  /** Never set: carries `View` for the type checker. */
  readonly view?: View;
}

type StoredValue<S> = S extends StoreSpec<infer V> ? V : never;
type ViewOf<G> = G extends GlobalRef<infer View> ? View : never;

export interface Context<O extends Outputs, S extends Stores, G extends Globals> {
  /** Throws `UNENCODABLE` when the value does not fit the topic's schema, `BAD_TIME` when the time is none. */
  emit<K extends keyof O & string>(output: K, record: Emitted<ValueOf<O[K]>>): void;
  /**
   * Answers where the request's headers ask for it; nothing where they name no topic. A topic the operator's rule does not allow, or a place
   * that is not there, makes the request a dead letter (`REPLY_NOT_ALLOWED`, `UNKNOWN_REPLY_TOPIC`); whatever the batch does otherwise stays.
   */
  reply<K extends keyof O & string>(output: K, request: StreamRecord<unknown>, reply: Reply<ValueOf<O[K]>>): void;
  /** Makes a topic that has no fixed name ready for `emit`: created, its schema registered. `undefined`: it is, there is nothing to wait for. */
  open(topic: AnyTopic): Promise<void> | undefined;
  readonly state: { readonly [K in keyof S]: Store<StoredValue<S[K]>> };
  /**
   * Makes readable, until the batch is over, what `reads` can't name beforehand. `undefined`: everything can be read as it is, which is so of few
   * keys with engines that read within a handler; nothing is to be waited for then.
   */
  load(keys: readonly StoreKey<S>[]): Promise<void> | undefined;
  readonly globals: { readonly [K in keyof G]: ViewOf<G[K]> };
  /**
   * `onTimer` runs once event time has come to `time`; the same time and key again is the same timer.
   * @param from the record whose time it is: that of its use case, or of the feed it comes from. Absent: in `onTimer` the time of that timer, in a
   * handler of a batch's first record.
   */
  schedule(time: number, key: string, from?: StreamRecord<unknown>): void;
  /** @param from as it was scheduled, or a record of the use case that it was for. */
  cancel(time: number, key: string, from?: StreamRecord<unknown>): void;
  /** The record goes to the dead letters with this reason; whatever the batch does otherwise stays. */
  reject(record: StreamRecord<unknown>, error: Error): void;
  /** The highest event time this task has seen, ms. */
  readonly streamTime: number;
  /** The partition of this task. */
  readonly partition: number;
}

/**
 * A stage: what it reads, writes and remembers, and what it does with a batch. Handlers are called with all records of a
 * run of one input, in event-time order. When a handler throws, the batch is undone and its records are tried one by
 * one; the bad ones go to the dead letters.
 */
export interface Operator<
  I extends Inputs = Inputs,
  O extends Outputs = Outputs,
  S extends Stores = Stores,
  G extends Globals = Globals,
> {
  readonly name: string;
  readonly in: I;
  readonly out: O;
  readonly state: S;
  readonly globals: G;
  /** Its state is of the partition, whatever the records' keys: when partitions are added it stays where it is. Default: by the records' keys. */
  readonly perPartition?: boolean;
  /**
   * The key of the records that an entry of a store, or without `store` a timer, is there for: its partition is that of the entry. Absent: the
   * entry's own key. Needed where entries are kept under other keys, or they are left behind when partitions are added.
   */
  readonly recordKey?: (entry: { readonly store?: keyof S & string; readonly key: string }) => string;
  /** By output: which topics requests may name for their replies. Absent: the declared one alone. */
  readonly replies?: { readonly [K in keyof O]?: ReplyRule };
  readonly handlers: {
    readonly [K in keyof I]: (
      records: readonly StreamRecord<ValueOf<I[K]>>[],
      context: Context<O, S, G>,
    ) => void | Promise<void>;
  };
  /**
   * By input: the keys of the stores that the handler may read for a record. Engines that can't read within a handler load them
   * before it, and reading another is a `STATE_NOT_LOADED` there; the others never call it. Absent: the record's own key of every
   * store.
   */
  readonly reads?: {
    readonly [K in keyof I]?: (record: StreamRecord<ValueOf<I[K]>>) => readonly StoreKey<S>[];
  };
  /** The same for `onTimer`. Absent: the timer's key of every store. */
  readonly timerReads?: (timer: Timer) => readonly StoreKey<S>[];
  readonly onTimer?: (timer: Timer, context: Context<O, S, G>) => void | Promise<void>;
  /**
   * Its timers only take away what records of their time do not see any more: the handlers look at the times themselves. So timers may be fired a few
   * records late, and records come in larger batches. Default: a timer is fired before the first record of its time or a later one.
   */
  readonly quietTimers?: boolean;
}

export type StoreKey<S extends Stores = Stores> = readonly [store: keyof S & string, key: string];

// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type AnyOperator = Operator<any, any, any, any>;

/** Checks an operator's types; changes nothing. */
export function defineOperator<I extends Inputs, O extends Outputs, S extends Stores, G extends Globals>(
  operator: Operator<I, O, S, G>,
): Operator<I, O, S, G> {
  return Object.freeze(operator);
}

/**
 * A store of JSON values, for small ones.
 * @param defaults fields of objects that were stored before there were such fields.
 */
export function jsonStore<V>(defaults?: Partial<V>): StoreSpec<V> {
  const read = (bytes: Uint8Array): V => JSON.parse(Buffer.from(bytes).toString()) as V;
  return {
    encode: (value) => Buffer.from(JSON.stringify(value)),
    decode: defaults === undefined ? read : (bytes) => ({ ...defaults, ...read(bytes) }),
  };
}

/**
 * A store of values of an Avro type. A later release may add a field with a default, or take one away: what was stored before is read as the new type.
 * @param formerSchema the schema of values in a state that keeps none, where it is not the topic's.
 */
export function avroStore<V>({ type, schema }: Topic<V>, formerSchema?: AvroSchema): Omit<StoreSpec<V>, "heldBytes"> {
  const buffered = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return {
    encode: (value) => type.toBuffer(value),
    decode: (bytes) => type.fromBuffer(buffered(bytes)) as V,
    schema,
    formerSchema,
    reading(writer) {
      const resolver = type.createResolver(avro.Type.forSchema(writer as avro.Schema));
      return (bytes) => type.fromBuffer(buffered(bytes), resolver) as V;
    },
  };
}
