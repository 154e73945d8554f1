import type { GlobalRef, GlobalView, StreamRecord } from "./operator.ts";
import type { Topic, ValueOf, AnyTopic } from "./topic.ts";

/** The source of a table. */
export interface TableSource<V> {
  readonly topic: Topic<V>;
  /** Throws for a value that is decoded but can't be used, such as one of a newer release. It affects its key only. */
  check?(value: V): void;
}

/** The newest value of each key of a topic, whole in every instance, in memory. */
export interface GlobalTable<V> extends GlobalRef<GlobalView<V>>, TableSource<V> {
  readonly kind: "table";
}

/** Bytes by key that a fold over a topic keeps: whole in every instance, stored with their offsets. */
export interface Bytes {
  get(key: string): Uint8Array | undefined;
  put(key: string, value: Uint8Array): void;
  delete(key: string): void;
  keys(): Iterable<string>;
  /** Whether content of a part is kept. Absent: of all parts. */
  readonly holds?: (part: string) => boolean;
}

/** The place of a key among a fold's bytes. Keys of one part and name are a series, in the order of their numbers. */
export interface BytesPlace {
  readonly part: string;
  /** Null: the key belongs to no series. */
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

/** Bytes whose oldest part is to be deleted. */
export interface AgingBytes extends Bytes {
  /**
   * Keys whose part and number `isOver` accepts. In a series it is called from the lowest number on, up to the first
   * that it rejects; this needs a `placeOf`. The keys may be deleted meanwhile.
   */
  oldest(isOver: (part: string, number: number) => boolean): Iterable<string>;
}

/** An operator's view of a fold. */
export interface BytesView extends Pick<Bytes, "get"> {
  /**
   * All bytes of one series in one look-up; `undefined` if there are none. Use it at once: it changes with the fold.
   * Needs a `placeOf`.
   */
  series(part: string, name: string): Series | undefined;
  /** Parts whose bytes are on the instance's disk alone: they are in no `series`, ask for each key. */
  readonly onDisk: ReadonlySet<string>;
  /** Some bytes can be read in the background only: read them within `look`. */
  readonly readsBehind: boolean;
  /**
   * The result of work that only reads. If some of its bytes can't be read at once, it is done again once they can; what
   * it returned or threw before is left out.
   */
  look<T>(work: () => T): T | Promise<T>;
  /** Whether content of a part is kept here. */
  holds(part: string): boolean;
  /** Parts that are still being filled: they do not count all records yet. */
  readonly warming: ReadonlySet<string>;
  /** Events for an earlier time than this, ms, may be forgotten: ask `remembers` first. */
  readonly remembersFrom: number;
  /**
   * Whether the part holds everything for a question about this time, ms. If not, it is being read again: ask later.
   */
  remembers(part: string, time: number): boolean;
}

type ViewOfTable = <T>(of: GlobalTable<T>) => GlobalView<T>;

/**
 * A fold's bytes in parts, each of which counts the whole topic by itself. A new part that a table asks for is filled
 * from the retained records, beside the fold. A part that no table asks for any more is forgotten.
 */
export interface FoldParts {
  /** Ids of the parts that the tables ask for. */
  readonly asked: (table: ViewOfTable) => readonly string[];
  /** The asked parts that must be filled before a task starts. */
  readonly needed: (table: ViewOfTable) => readonly string[];
  /** The part that a key of the bytes is of. */
  readonly partOf: (key: string) => string;
  /** Absent: all parts are in memory, without a bound. Needs a `placeOf`. */
  readonly disk?: DiskParts;
  /** Another number as soon as something else than a table asks for other parts. */
  readonly version?: () => number;
  /** Whether a part stays, with all later records, that nothing asks for now. */
  readonly keeps?: (part: string, table: ViewOfTable) => boolean;
}

/** Parts that may be on disk. Their old keys are found by the order of the keys. */
export interface DiskParts {
  /** Parts that are not to be in memory, however small they are. */
  readonly wanted: (table: ViewOfTable) => Iterable<string>;
  /** The beginning of all keys of a part, and of no others. */
  readonly prefixOf: (part: string) => string;
  /** A beginning of the key that only keys of the same part and number have. */
  readonly runOf: (key: string) => string;
}

/** Folds a record into a few parts only. */
export interface FoldScope {
  readonly parts: ReadonlySet<string>;
  /** Content that only earlier questions need is left out; ms. */
  readonly since: number;
  /** Content that any question from this time on needs is there already, and is left out too; ms. */
  readonly until: number;
}

/**
 * A fold of a topic. `fold` must give the same content whatever the order of the records, because the partitions of the
 * topic are read side by side. A reader asks for the content at its own event time.
 */
export interface GlobalFold<V> extends GlobalRef<BytesView> {
  readonly kind: "fold";
  readonly topic: Topic<V>;
  readonly tables: readonly GlobalTable<unknown>[];
  /** Absent: the fold is one part, that of the whole topic, for any content of the tables. */
  readonly parts?: FoldParts;
  /** Absent: its keys are no series. */
  readonly placeOf?: (key: string) => BytesPlace;
  /** @param scope absent: all parts that the tables ask for. */
  readonly fold: (record: StreamRecord<V>, bytes: Bytes, table: ViewOfTable, scope?: FoldScope) => void;
  /**
   * Folds a record without a value, which on a compacted topic takes the records of its key back. Absent: such a record
   * can't be used.
   */
  readonly takeBack?: (
    record: Omit<StreamRecord<V>, "value">,
    bytes: Bytes,
    table: ViewOfTable,
    scope?: FoldScope,
  ) => void;
  /** How much older than the tasks' time a question may be, ms. Default 0. */
  readonly lateMs?: (table: ViewOfTable) => number;
  /** Called now and then. Deletes content that only questions before `time`, ms, need, and nothing else. */
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
