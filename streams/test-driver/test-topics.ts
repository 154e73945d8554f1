import type { Headers } from "../backbone/backbone.ts";

/** A record that a test sends. */
export interface TestRecord<V> {
  readonly key: string;
  /** `null`: a tombstone. */
  readonly value: V | null;
  /** Event time, ms. Absent: the driver's time. */
  readonly time?: number;
  readonly headers?: Headers;
  /** Absent: by the key. */
  readonly partition?: number;
}

/** A record that a test reads. */
export interface Read<V> {
  readonly key: string;
  readonly value: V;
  readonly time: number;
  readonly headers: Headers;
  readonly partition: number;
  readonly offset: number;
}

/** A topic as a test writes it. */
export interface TestInput<V> {
  /**
   * Appends the records and runs the topology until nothing is left to do. Rejects with the error that stops an
   * application.
   */
  send(...records: readonly TestRecord<V>[]): Promise<void>;
  /** Appends without running, so that the next run meets records of several topics at once, in event-time order. */
  queue(...records: readonly TestRecord<V>[]): Promise<void>;
  /** Bytes as they are, as another program may have written them. */
  sendBytes(record: TestRecord<Uint8Array>): Promise<void>;
}

/** A topic as a test reads it; each record is given once. */
export interface TestOutput<V> {
  /** The next record in the order they were written; `undefined` when there is none. */
  read(): Read<V> | undefined;
  /** All that were not read before. */
  readAll(): readonly Read<V>[];
}
