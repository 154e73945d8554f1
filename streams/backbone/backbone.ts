/**
 * The transport contract. The adapters in `streams/backbones/` fulfil it. One conformance suite
 * (`test/streams/backbones/backbone-conformance.ts`) tests all adapters that are a log of their own or of a broker.
 * Nothing here knows Avro: keys and values are bytes.
 */

import type { StreamsError } from "../errors.ts";
import { streamsLimits } from "../limits.ts";
import type { LogHistory } from "./log-history.ts";

/** One partition of one topic. */
export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

export interface TopicSpec {
  readonly name: string;
  readonly partitions: number;
  /** `compact` keeps the newest record of each key. Either removes records older than `retentionMs`. */
  readonly cleanup: "delete" | "compact";
  /**
   * How long records stay, in milliseconds of their timestamps; absent: for ever. They are removed in the background,
   * from the start of a partition up to the first that is young enough. `offsets` then gives another start, and a
   * reader behind it goes on there.
   *
   * Kafka measures age against the broker's clock. The embedded log measures it against the newest record of the
   * partition, or the wall clock if that is earlier. So imported or replayed history, years old by any clock, keeps the
   * span that it would have kept when it was new; one record dated in the future removes nothing before its time; and
   * the newest record always stays. Records of an idle partition do not age there, and some may stay a sixteenth longer
   * than asked. No record goes within five minutes of the wall clock (or `retentionMs`, if that is less) after it was
   * stored or the log was opened, so that a fast replay can't outrun its readers.
   */
  readonly retentionMs?: number | undefined;
  /**
   * The meaning of timestamps: `event` (default), the event's time from the producer; `arrival`, the time of arrival on
   * the log. Use `arrival` for records that are only passed on, such as replies: an answer about history would
   * otherwise be too old to stay on a broker from the moment it is written.
   */
  readonly timestamps?: "event" | "arrival" | undefined;
}

export interface TopicRetention {
  readonly topic: string;
  /** Null: for ever. */
  readonly retentionMs: number | null;
}

/** Records may share values: never change them. */
export type Headers = Readonly<Record<string, Uint8Array>>;

/** A run of records of which none can be read, such as a batch in an unknown compression. */
export interface UnreadableBatch {
  /** First offset of the run, which ends at the offset of the record that stands for it. */
  readonly firstOffset: number;
  readonly error: StreamsError;
}

/** A record as read. `offset` grows within a partition, with gaps after compaction and transactions. */
export interface LogRecord {
  readonly offset: number;
  /** Milliseconds since the epoch: event time from the producer, or the time of arrival, by the topic's setting. */
  readonly timestamp: number;
  readonly key: Uint8Array | null;
  /** `null` is a tombstone. */
  readonly value: Uint8Array | null;
  readonly headers: Headers;
  /** The record stands for a whole batch: key and value are null, and it is no tombstone. */
  readonly unreadable?: UnreadableBatch;
}

/** A record to write. The partition is the caller's choice: see `partitionOf`. */
export interface OutgoingRecord {
  readonly topic: string;
  readonly partition: number;
  /** Whole milliseconds from 1970 to the end of the year 9999; anything else is a `BAD_TIME`. */
  readonly timestamp: number;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers?: Headers | undefined;
}

/** Records of one partition in offset order, never empty. */
export interface Fetch extends TopicPartition {
  readonly records: readonly LogRecord[];
}

export interface PartitionOffsets extends TopicPartition {
  /** The first offset that may still be read. */
  readonly start: number;
  /** One past the last readable record. */
  readonly end: number;
  /**
   * The partition is kept by key (`Backbone.table`): a deletion leaves no tombstone. A reader from the start sees the
   * present records. A copy that was made from an earlier part and is not at the end can't be updated: make it anew
   * from the start.
   */
  readonly byKey?: true;
}

/** The newest committed value of each key of a partition. Keys are text, ordered by their UTF-8 bytes. */
export interface KeyedTable {
  get(key: string): Uint8Array | undefined;
  getMany(keys: readonly string[]): Promise<readonly (Uint8Array | undefined)[]>;
  /** Ascending, `from` inclusive, `to` exclusive, as of the call. */
  range(from: string, to: string, limit?: number): Promise<readonly (readonly [string, Uint8Array])[]>;
  /** Changes once records that were read may be gone: the log was opened anew after a failed write. */
  readonly generation: number;
}

/** The present form of a topic. */
export interface TopicDescription {
  readonly topic: string;
  /** Changes when the topic is deleted and made anew. Absent if the backbone gives topics no ids. */
  readonly topicId?: string;
  readonly partitions: number;
}

/** A position to read next, or to commit: the offset of the next record to handle. */
export interface Position extends TopicPartition {
  readonly offset: number;
}

export interface ProducerOptions {
  /** Needed for `begin`. A second producer with the same id fences the first one. Once it is there, readers see everything committed under the id, and nothing more of former producers. */
  readonly transactionalId?: string;
}

/** Writes in the order of the calls, partition by partition. Safe to call without waiting for the call before. */
export interface Producer {
  /**
   * Resolves when every record is stored (on all in-sync replicas on Kafka). Not atomic. Rejects with
   * `RECORD_TOO_LARGE` or `BAD_TIME` before anything of the call is stored, `UNKNOWN_TOPIC`, `BACKBONE_UNAVAILABLE`.
   */
  send(records: readonly OutgoingRecord[]): Promise<void>;
  /**
   * One transaction at a time: rejects with `TRANSACTION_OPEN` while another is open.
   * @param after records sent before it resolves may be prepared, but leave only then.
   */
  begin(after?: Promise<void>): Promise<Transaction>;
  /** One past the last record that `send` stored in the partition. Undefined if the broker did not tell it, or nothing was stored; the method is absent if the broker never tells it. */
  endOf?(at: TopicPartition): number | undefined;
  /** Resolves once readers can see everything committed. Absent if they can as soon as `commit` resolves. Do not call it while a transaction is open. */
  settled?(): Promise<void>;
  close(): Promise<void>;
}

/** Readers see all of it or nothing. Rejects with `FENCED` when a newer producer has the id. */
export interface Transaction {
  send(records: readonly OutgoingRecord[]): Promise<void>;
  /** As a producer's, for the records of the transaction. */
  endOf?(at: TopicPartition): number | undefined;
  /** Offsets of a group that are committed together with the records. */
  sendOffsets(groupId: string, positions: readonly Position[]): Promise<void>;
  commit(): Promise<void>;
  abort(): Promise<void>;
}

/** A pull reader over a changing set of partitions. Not safe for concurrent `poll`s. */
export interface Reader {
  /**
   * The next records: at most `maxRecords` (by default some thousand) and `MAX_POLL_BYTES` in all, but at least one. An
   * empty array if nothing came within `maxWaitMs`. Only committed records are seen. Resolves at once if records are
   * there. A position before the start moves to the start, and `onTrimmed` is called. On Kafka a position beyond the
   * end rejects with `TOPIC_MOVED` until `seek` moves it: the topic was made anew, or has lost its end.
   */
  poll(maxWaitMs: number, maxRecords?: number): Promise<readonly Fetch[]>;
  /** Stops delivery of a partition. Fetched records are kept or fetched again, never lost. */
  pause(partitions: readonly TopicPartition[]): void;
  resume(partitions: readonly TopicPartition[]): void;
  /** The next `poll` delivers from here. */
  seek(position: Position): void;
  close(): Promise<void>;
}

/** Records that were removed before they were read: offsets from `from` to before `to`. */
export interface Trimmed extends TopicPartition {
  readonly from: number;
  readonly to: number;
}

export interface ReaderOptions {
  /** Called, at any time, when a reader has gone on at the start of a partition, because the start had passed its position. */
  readonly onTrimmed?: (trimmed: Trimmed) => void;
}

/** Called from within `poll`, one at a time, so that a caller never handles records and a move at once. */
export interface GroupListener extends ReaderOptions {
  /**
   * The partitions that this member now has. Resolves to their first positions; a partition that is left out starts at
   * the group's committed offset, or at the start of the log.
   * @param committed gives the committed offsets of these partitions once no open transaction may change them; absent
   * if there can be no such transaction.
   */
  assigned(
    partitions: readonly TopicPartition[],
    committed?: () => Promise<readonly Position[]>,
  ): Promise<readonly Position[]>;
  /** Partitions that this member must give back. When it resolves the next owner may start. */
  revoked(partitions: readonly TopicPartition[]): Promise<void>;
  /** Partitions whose state this member should keep up to date without handling their records: the whole list, at every change. Some may be `assigned` later. */
  standby?(partitions: readonly TopicPartition[]): Promise<void>;
}

export interface GroupOptions {
  readonly groupId: string;
  /** Sets of topics that belong together: partition `p` of all topics of a set that have it goes to one member. Whole tasks (a set and a partition) are spread evenly over the members. */
  readonly copartitioned: readonly (readonly string[])[];
  /** Number of other members that keep a copy of each task's state. Default 0; the embedded log has one member only. */
  readonly standbyReplicas?: number | undefined;
  readonly listener: GroupListener;
  /** Keeps the member's id across a kill of the process. Absent: nothing does. */
  readonly memory?: MemberMemory | undefined;
}

/**
 * A member's id on the disk. A killed process is still a member until its session ends, and its partitions stand still.
 * The next process finds the id and removes the former member at once. Keep it at a place that only one process can use
 * at a time.
 */
export interface MemberMemory {
  read(): string | undefined;
  /** `undefined`: the member has left. */
  write(memberId: string | undefined): void;
}

export interface GroupReader extends Reader {
  /** Commits outside a transaction. Rejects with `FENCED` when the partitions have moved on. */
  commit(positions: readonly Position[]): Promise<void>;
  /** Ends a `poll` that is waiting; without one, the next poll may return empty at once. Absent if it can't be done. */
  wake?(): void;
}

export interface Backbone {
  readonly kind: "embedded" | "kafka";
  /**
   * Offsets in a transaction are refused from a group member whose partitions have gone to another, so one producer may
   * commit for all tasks of a process. Otherwise each task needs its own producer, whose transactional id fences the
   * former owner's.
   */
  readonly fencesOffsets: boolean;
  /**
   * Creates missing topics. Rejects with `TOPIC_MISMATCH` naming a topic that exists with another number of partitions.
   */
  ensureTopics(specs: readonly TopicSpec[]): Promise<void>;
  /** Sets a larger number of partitions. None can be removed, and no record moves. Rejects with `UNKNOWN_TOPIC`. */
  grow(topic: string, partitions: number): Promise<void>;
  /** The present form of the topics, asked anew; missing topics are left out. Later calls use the answer. */
  remove?(topics: readonly string[]): Promise<void>;
  /** For each topic, the bytes of the largest record that it takes: key, value and headers. Asked anew each time; a missing topic is left out. Absent if every topic takes `MAX_RECORD_BYTES`. */
  describe(topics: readonly string[]): Promise<readonly TopicDescription[]>;
  /** `undefined` if there is no such topic. Answers are remembered; a missing topic is asked for again. */
  partitions(topic: string): Promise<number | undefined>;
  topics(): Promise<readonly string[]>;
  /** The retention of the topics: see `TopicSpec.retentionMs`. Rejects with `UNKNOWN_TOPIC`. */
  recordBytes?(topics: readonly string[]): Promise<ReadonlyMap<string, number>>;
  /** How long the topics keep their records: see `TopicSpec.retentionMs`. Rejects with `UNKNOWN_TOPIC`. */
  retention(topics: readonly string[]): Promise<readonly TopicRetention[]>;
  /** Changes the retention of existing topics. Records that are too old then go in the background; removed records do not come back. */
  retain(topics: readonly TopicRetention[]): Promise<void>;
  /** Of every partition of the topics, in one call. */
  offsets(topics: readonly string[]): Promise<readonly PartitionOffsets[]>;
  /** As `offsets`, but `end` is the offset of the next record, behind everything that readers do not see too: a position beyond it is not one of this partition as it is now. */
  ranges(topics: readonly string[]): Promise<readonly PartitionOffsets[]>;
  /**
   * Keeps a partition of a compacted topic by key from now on, and reads it by key: records sent there can be looked up
   * once they are committed. Its records have keys and no headers. Absent if the log can't be asked by key.
   */
  table?(at: TopicPartition): Promise<KeyedTable>;
  producer(options?: ProducerOptions): Promise<Producer>;
  group(options: GroupOptions): Promise<GroupReader>;
  /** Reads given partitions without a group: global tables, restores, clients, tools. */
  reader(positions: readonly Position[], options?: ReaderOptions): Promise<Reader>;
  /** Committed offsets of a group; a partition without one is left out. */
  committed(groupId: string, topics: readonly string[]): Promise<readonly Position[]>;
  /** For state on disk that was made from records: the log's losses since then. Absent if a log never loses its end. */
  history?(): Promise<LogHistory>;
  /** Sets the committed offsets of a group without members: a feed keeps its progress so. */
  commit(groupId: string, positions: readonly Position[]): Promise<void>;
  close(): Promise<void>;
}

/** A record, key, value and headers together, may have at most this many bytes on either backbone (Kafka's default). */
export const MAX_RECORD_BYTES = streamsLimits.recordBytes;

/** Most bytes of one `poll`, keys and values with a little for each record, unless a single record is larger. */
export const MAX_POLL_BYTES = streamsLimits.pollBytes;
