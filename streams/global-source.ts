import type { GlobalRef, GlobalView, StreamRecord } from "./operator.ts";
import type { Topic, ValueOf, AnyTopic } from "./topic.ts";

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

/** Where a key of a fold's bytes lies: keys of one part and name are a series, in the order of their numbers. */
export interface BytesPlace {
  readonly part: string;
  /** Null: the key is of no series. */
  readonly name: string | null;
  /** A whole number. */
  readonly number: number;
}

/** The bytes of one series. */
export interface Series {
  /** Ascending. */
  readonly numbers: readonly number[];
  /** Of each number, its key and bytes. */
  readonly keys: readonly string[];
  readonly values: readonly Uint8Array[];
}

/** Bytes of which the oldest are to be deleted. */
export interface AgingBytes extends Bytes {
  /**
   * Keys for whose part and number `isOver` says so. Of a series it is asked from the lowest number on, up to the first for which it does not: with a
   * `placeOf` only. The keys may be deleted meanwhile.
   */
  oldest(isOver: (part: string, number: number) => boolean): Iterable<string>;
}

/** What operators see of a fold. */
export interface BytesView extends Pick<Bytes, "get"> {
  /** All bytes of one series in one look-up; `undefined` where there are none. Look at once: it changes with the fold. With a `placeOf` only. */
  series(part: string, name: string): Series | undefined;
  /** Parts that are still being filled: what is read of them here does not count all records yet. */
  readonly warming: ReadonlySet<string>;
  /** A question of a time before this, ms, may be about what was forgotten: whoever has one asks `remembers` first. */
  readonly remembersFrom: number;
  /** Whether the part holds all that a question of this time, ms, is about. If not, it is being read again: ask later. */
  remembers(part: string, time: number): boolean;
}

type ViewOfTable = <T>(of: GlobalTable<T>) => GlobalView<T>;

/**
 * A fold's bytes in parts, each of which counts the whole topic by itself. A part that a table begins to ask for is filled from what the topic still
 * holds, beside the fold; one that no table asks for any more is forgotten.
 */
export interface FoldParts {
  /** Ids of the parts that the tables ask for. */
  readonly asked: (table: ViewOfTable) => readonly string[];
  /** Those among them that must be filled before a task starts. */
  readonly needed: (table: ViewOfTable) => readonly string[];
  /** The part that a key of the bytes is of. */
  readonly partOf: (key: string) => string;
}

/** A record is folded into a few parts only. */
export interface FoldScope {
  readonly parts: ReadonlySet<string>;
  /** What only questions before this time ask for is left out; ms. */
  readonly since: number;
  /** What any question from this time on asks for is there already, and is left out too; ms. */
  readonly until: number;
}

/**
 * A fold of a topic. `fold` must give the same content whatever the order of the records, because the partitions of the
 * topic are read side by side; a reader asks for what was true at its own event time.
 */
export interface GlobalFold<V> extends GlobalRef<BytesView> {
  readonly kind: "fold";
  readonly topic: Topic<V>;
  readonly tables: readonly GlobalTable<unknown>[];
  /** Absent: the fold is one part, that of the whole topic, whatever the tables say. */
  readonly parts?: FoldParts;
  /** Absent: its keys are no series. */
  readonly placeOf?: (key: string) => BytesPlace;
  /** @param scope absent: all parts that the tables ask for. */
  readonly fold: (record: StreamRecord<V>, bytes: Bytes, table: ViewOfTable, scope?: FoldScope) => void;
  /** How much older than what tasks have come to a question may be, ms. Default 0. */
  readonly lateMs?: (table: ViewOfTable) => number;
  /** Called now and then: what only questions before `time`, ms, ask for is to be deleted, and nothing else. */
  readonly evict?: (time: number, bytes: AgingBytes, table: ViewOfTable) => void;
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
