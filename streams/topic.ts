import avro from "avsc";
import type { Headers, LogRecord } from "./backbone/backbone.ts";
import { StreamsError } from "./errors.ts";
import type { AvroSchema, Compatibility } from "./registry/registry.ts";
import { boundedTypes } from "./serde/bounded-types.ts";
import { exactTypes } from "./serde/exact-long.ts";
import { floatVectors } from "./serde/float-vectors.ts";

/** A record of a topic as its check sees it: on its way to the topic, or read from it. */
export interface Incoming<V> {
  readonly value: V;
  /** Of the encoded value. */
  readonly bytes: number;
  /** Of the record's key; 0 without one. */
  readonly keyBytes: number;
  readonly headers: Headers;
}

/**
 * A topic with the type of its values. Keys are UTF-8 strings. `V` is the TypeScript form of `schema`: long and double are
 * numbers, bytes a Buffer, unions bare values.
 */
export interface Topic<V> {
  readonly name: string;
  readonly schema: AvroSchema;
  readonly type: avro.Type;
  readonly cleanup: "delete" | "compact";
  readonly compatibility: Compatibility;
  /** Absent: the application's number of partitions. */
  readonly partitions?: number;
  readonly retentionMs?: number;
  /** Absent: the event's, as the producer gives it. */
  readonly timestamps?: "event" | "arrival";
  /**
   * A task that reads the topic takes a record dated at most this much ahead of its arrival, ms; a later one becomes a dead letter with the code
   * `AHEAD_OF_TIME`. Absent: `streamsLimits.maxFutureMs`.
   */
  readonly maxFutureMs?: number;
  /**
   * Which use case a record is of, with an event time of its own; empty: any. Absent: the topic's records name none, and move the time of all that
   * happens live.
   */
  useCaseOf?(value: V): string;
  /**
   * The key that a value names. Tasks go by it alone: a record may have any key, or none, and lie in any partition.
   * Absent: the record's own key counts.
   */
  keyOf?(value: V): string;
  /** The runtime adds the header `loopstream_latency_ms`: milliseconds from the fetch of the input to the write. */
  readonly measured?: boolean;
  /** Stands for many topics; a record says which one it goes to. */
  readonly family?: boolean;
  /**
   * The limit that a record breaks; `undefined`: none. Writers are refused, and a record that is read all the same
   * becomes a dead letter.
   */
  check?(record: Incoming<V>): string | undefined;
  /** Never set: carries `V` for the type checker. */
  readonly value?: V;
}

export type ValueOf<T> = T extends Topic<infer V> ? V : never;

// A topic of any value. `unknown` would refuse handlers of a narrower type.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type AnyTopic = Topic<any>;

export interface TopicOptions<V> {
  /**
   * Arrays of `float` are Float32Arrays, except in unions: for features, which then go into a matrix with one copy. A
   * kept array holds a quarter of a megabyte in memory, so copy arrays that stay. Writing takes both.
   */
  readonly floatVectors?: boolean;
  /** Longs that no number holds are bigints; without it they are refused. */
  readonly exactLongs?: boolean;
  readonly name: string;
  readonly schema: AvroSchema;
  readonly cleanup?: "delete" | "compact";
  readonly compatibility?: Compatibility;
  readonly partitions?: number;
  readonly retentionMs?: number;
  readonly timestamps?: "event" | "arrival";
  readonly maxFutureMs?: number;
  useCaseOf?(value: V): string;
  keyOf?(value: V): string;
  readonly measured?: boolean;
  readonly family?: boolean;
  /** Runs with every record: it must be cheap. */
  check?(record: Incoming<V>): string | undefined;
}

/** Throws `OVER_LIMIT` when the topic's check finds a problem. */
export function checkRecord<V>(topic: Topic<V>, record: Incoming<V>): void {
  const problem = topic.check?.(record);
  if (problem !== undefined) throw new StreamsError("OVER_LIMIT", `topic ${topic.name}: ${problem}`);
}

/** As `checkRecord`, for a record as it was read. */
export function checkRead<V>(
  topic: Topic<V>,
  { key, value: bytes, headers }: Pick<LogRecord, "key" | "value" | "headers">,
  value: V,
): void {
  if (topic.check === undefined) return;
  checkRecord(topic, { value, bytes: bytes?.length ?? 0, keyBytes: key?.length ?? 0, headers });
}

export function defineTopic<V>({ floatVectors: vectors, exactLongs: exact, ...options }: TopicOptions<V>): Topic<V> {
  return Object.freeze({
    cleanup: "delete" as const,
    compatibility: "BACKWARD" as const,
    ...options,
    type: avro.Type.forSchema(
      options.schema as avro.Schema,
      {
        typeHook: vectors === true ? floatVectors : exact === true ? exactTypes : boundedTypes,
      } as never,
    ),
  });
}
