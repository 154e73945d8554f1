import type { GlobalRef, GlobalView, StreamRecord } from "../operator.ts";
import type { Topic, ValueOf, AnyTopic } from "../topic.ts";

/** What a table is read from. */
export interface TableSource<V> {
  readonly topic: Topic<V>;
  /** Throws for a value that is decoded and can't be used all the same, such as one of a newer release. It concerns its key only. */
  check?(value: V): void;
}

/** The newest value of each key of a topic, whole in every instance, in memory. */
export interface GlobalTable<V> extends GlobalRef<GlobalView<V>>, TableSource<V> {
  readonly kind: "table";
}

/** Bytes by key that a fold over a topic keeps, whole in every instance, stored with the offsets they stand for. */
export interface Bytes {
  get(key: string): Uint8Array | undefined;
  put(key: string, value: Uint8Array): void;
  delete(key: string): void;
  keys(): Iterable<string>;
}

export type BytesView = Pick<Bytes, "get">;

/**
 * A fold of a topic. `fold` must give the same content whatever the order of the records, because the partitions of the
 * topic are read side by side; a reader asks for what was true at its own event time.
 */
export interface GlobalFold<V> extends GlobalRef<BytesView> {
  readonly kind: "fold";
  readonly topic: Topic<V>;
  readonly tables: readonly GlobalTable<unknown>[];
  readonly fold: (record: StreamRecord<V>, bytes: Bytes, table: <T>(of: GlobalTable<T>) => GlobalView<T>) => void;
  /** Called now and then: no task will ask for anything before `time` again. */
  readonly evict?: (time: number, bytes: Bytes, table: <T>(of: GlobalTable<T>) => GlobalView<T>) => void;
}

// A global of any value: the variance seam of the topology.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type GlobalSource = GlobalTable<any> | GlobalFold<any>;

export function globalTable<T extends AnyTopic>(
  name: string,
  topic: T,
  check?: (value: ValueOf<T>) => void,
): GlobalTable<ValueOf<T>> {
  return Object.freeze({ kind: "table", name, topic, ...(check === undefined ? {} : { check }) });
}
