import avro from "avsc";
import type { Headers } from "./backbone/backbone.ts";
import type { AvroSchema } from "./registry/registry.ts";
import { Slab } from "./serde/slab.ts";
import type { AnyTopic, Topic, ValueOf } from "./topic.ts";

/** The place of a record, for dead letters and for people. */
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
  /** The place of the outside record that this one goes back to. */
  readonly origin: Origin;
}

export interface Emitted<V> {
  readonly key: string;
  readonly value: V;
  readonly time: number;
  /** The record that this one goes back to: it gives its origin, and its headers unless others are given. */
  readonly from?: StreamRecord<unknown>;
  readonly headers?: Headers;
  /** The topic, if the output is a family of topics. */
  readonly topic?: Topic<V>;
}

/** An answer to a request. The request decides its topic, partition and headers. */
export type Reply<V> = Pick<Emitted<V>, "key" | "value" | "time">;

/** A keyed store of the operator, one partition of it in each task, with a compacted changelog. */
export interface StoreSpec<V> {
  readonly encode: (value: V) => Uint8Array;
  readonly decode: (bytes: Uint8Array) => V;
  /**
   * The Avro schema of the bytes. It is kept with the state, so that a release with another schema can read them.
   * Absent: none, as for JSON.
   */
  readonly schema?: AvroSchema | undefined;
  /** The schema of values in an older release's state, which keeps none. Absent: `schema`. */
  readonly formerSchema?: AvroSchema | undefined;
  /** A decoder of bytes by another schema. Throws if that can't be read as the store's own. Needed with `schema`. */
  readonly reading?: ((writer: AvroSchema) => (bytes: Uint8Array) => V) | undefined;
  /**
   * Holds values as objects and turns them into bytes when a commit begins: for values that nearly every batch changes.
   * They are changed with `update` only. Gives an upper bound of a value's bytes; a value whose bound does not fit into
   * a record is written with each change.
   */
  readonly heldBytes?: (value: V) => number;
}

/** Reads see the writes of the same batch. Keys are ordered by their UTF-8 bytes. */
export interface Store<V> {
  get(key: string): V | undefined;
  put(key: string, value: V): void;
  delete(key: string): void;
  /**
   * Replaces the value by the result of `change`; `undefined`: there is no value yet. If the store holds values
   * (`heldBytes`), that happens once the batch is done, and not at all if the batch fails. Then the value may be
   * changed in place, reads of the same batch do not see the change, and `change` must not throw.
   */
  update(key: string, change: (value: V | undefined) => V): void;
}

/** A global that every instance holds whole, fed from a topic; read-only for operators. */
export interface GlobalView<V> {
  get(key: string): V | undefined;
  values(): Iterable<V>;
  /**
   * Keys whose newest record can't be used, with the reason. A key whose record can't even be decoded has no value
   * here.
   */
  readonly unreadable: ReadonlyMap<string, string>;
  /** Grows with every change, so that data derived from the view can be cached. */
  readonly version: number;
}

export interface Timer {
  /** Event time at which it was due, ms. */
  readonly time: number;
  readonly key: string;
}

/** The topics that a request may name for its reply, beside the operator's declared one. */
export interface ReplyRule {
  /** Prefix of their names. */
  readonly prefix: string;
  /**
   * Topics that are never allowed, whatever the prefix. The topology's own topics, changelogs and internal topics need
   * not be among them.
   */
  readonly isTaken?: (topic: string) => boolean;
}

type Inputs = Readonly<Record<string, AnyTopic>>;
type Outputs = Readonly<Record<string, AnyTopic>>;
// The two variance seams of the operator type: stores and global views of any value.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Stores = Readonly<Record<string, StoreSpec<any>>>;
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Globals = Readonly<Record<string, GlobalRef<any>>>;

/** Names a global and carries the type of its `view`. */
export interface GlobalRef<View> {
  readonly name: string;
  /** Never set: carries `View` for the type checker. */
  readonly view?: View;
}

type StoredValue<S> = S extends StoreSpec<infer V> ? V : never;
type ViewOf<G> = G extends GlobalRef<infer View> ? View : never;

export interface Context<O extends Outputs, S extends Stores, G extends Globals> {
  /** Throws `UNENCODABLE` if the value does not fit the topic's schema, `BAD_TIME` if the time is invalid. */
  emit<K extends keyof O & string>(output: K, record: Emitted<ValueOf<O[K]>>): void;
  /**
   * Answers to the place in the request's headers; does nothing if they name no topic. A topic that the operator's rule
   * does not allow, or a place that does not exist, makes the request a dead letter (`REPLY_NOT_ALLOWED`,
   * `UNKNOWN_REPLY_TOPIC`); all other results of the batch stay.
   */
  reply<K extends keyof O & string>(output: K, request: StreamRecord<unknown>, reply: Reply<ValueOf<O[K]>>): void;
  /** Makes a topic that has no fixed name ready for `emit`: created, its schema registered. `undefined`: it is, there is nothing to wait for. */
  open(topic: AnyTopic): Promise<void> | undefined;
  readonly state: { readonly [K in keyof S]: Store<StoredValue<S[K]>> };
  /**
   * Makes keys readable, until the batch is over, that `reads` can't name beforehand. `undefined`: everything can be
   * read already, and there is nothing to wait for. That is so for few keys with engines that read within a handler.
   */
  load(keys: readonly StoreKey<S>[]): Promise<void> | undefined;
  readonly globals: { readonly [K in keyof G]: ViewOf<G[K]> };
  /**
   * `onTimer` runs once event time has reached `time`. The same time and key again is the same timer.
   * @param from the record whose event time counts: that of its use case, or of its feed. Absent: in `onTimer` that of
   * the current timer, in a handler that of the batch's first record.
   */
  schedule(time: number, key: string, from?: StreamRecord<unknown>): void;
  /** @param from the same as for `schedule`, or a record of the same use case. */
  cancel(time: number, key: string, from?: StreamRecord<unknown>): void;
  /** Sends the record to the dead letters with this reason; all other results of the batch stay. */
  reject(record: StreamRecord<unknown>, error: Error): void;
  /** The highest event time this task has seen, ms. */
  readonly streamTime: number;
  /** The partition of this task. */
  readonly partition: number;
}

/**
 * A stage: its inputs, outputs and state, and its handlers for batches. Handlers are called with all records of a run
 * of one input, in event-time order. If a handler throws, the batch is undone and its records are tried one by one; the
 * bad ones go to the dead letters.
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
  /**
   * The state belongs to the partition, whatever the records' keys: it stays when partitions are added. Default: it
   * belongs to the records' keys.
   */
  readonly perPartition?: boolean;
  /**
   * The record key of a store's entry, or without `store` of a timer: the entry belongs to the partition of that key.
   * Absent: the entry's own key. Needed if entries have other keys, or they are left behind when partitions are added.
   */
  readonly recordKey?: (entry: { readonly store?: keyof S & string; readonly key: string }) => string;
  /**
   * Answers a request that can't be decoded, or whose handling failed: `topic` is the one of requests, `reply` gives the
   * answer's value. The request becomes a dead letter in any case.
   */
  readonly refuses?: {
    readonly topic: AnyTopic;
    readonly output: keyof O & string;
    readonly reply: (key: string, message: string) => unknown;
  };
  /** By output: the topics that requests may name for their replies. Absent: the declared one alone. */
  readonly replies?: { readonly [K in keyof O]?: ReplyRule };
  readonly handlers: {
    readonly [K in keyof I]: (
      records: readonly StreamRecord<ValueOf<I[K]>>[],
      context: Context<O, S, G>,
    ) => void | Promise<void>;
  };
  /**
   * By input: the keys of the stores that the handler may read for a record. Engines that can't read within a handler
   * load them before it; reading another key is then a `STATE_NOT_LOADED`. Other engines never call it. Absent: the
   * record's own key of every store.
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
 * @param defaults values for fields that objects stored earlier do not have.
 */
export function jsonStore<V>(defaults?: Partial<V>): StoreSpec<V> {
  const read = (bytes: Uint8Array): V => JSON.parse(Buffer.from(bytes).toString()) as V;
  return {
    encode: (value) => Buffer.from(JSON.stringify(value)),
    decode: defaults === undefined ? read : (bytes) => ({ ...defaults, ...read(bytes) }),
  };
}

const slab = new Slab();

/**
 * A store of values of an Avro type. A later release may add a field with a default, or remove a field: values stored
 * before are read as the new type.
 * @param formerSchema the schema of values in a state that keeps none, if it is not the topic's.
 */
export function avroStore<V>({ type, schema }: Topic<V>, formerSchema?: AvroSchema): Omit<StoreSpec<V>, "heldBytes"> {
  const buffered = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return {
    encode: (value) => slab.encode(type, value),
    decode: (bytes) => type.fromBuffer(buffered(bytes)) as V,
    schema,
    formerSchema,
    reading(writer) {
      const resolver = type.createResolver(avro.Type.forSchema(writer as avro.Schema));
      return (bytes) => type.fromBuffer(buffered(bytes), resolver) as V;
    },
  };
}
