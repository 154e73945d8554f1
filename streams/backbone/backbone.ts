/**
 * The transport contract. The adapters in `streams/backbones/` fulfil it, and one conformance suite holds those that are logs of their own or of a broker to
 * it (`test/streams/backbones/backbone-conformance.ts`). Nothing here knows Avro: keys and values are bytes.
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
  /** `compact` keeps the newest record of each key. Either removes what is older than `retentionMs`. */
  readonly cleanup: "delete" | "compact";
  /**
   * How long records stay, in milliseconds of their timestamps; absent: for ever. They are removed in the background, from the start
   * of a partition up to the first that is young enough; `offsets` then gives another start, and a reader behind it goes on there.
   *
   * Kafka measures age against the broker's clock. The embedded log measures it against the newest record of the partition, or the
   * wall clock where that is earlier: history that is imported or replayed, years old by any clock, keeps the span it would
   * have kept when it was new; one record dated in the future removes nothing before its time; and the newest record always stays.
   * So what an idle partition holds does not age there, and some may stay a sixteenth longer than asked. Nothing goes within five
   * minutes of the wall clock (or `retentionMs`, when that is less) after it was stored or the log was opened, so that a fast replay
   * can't outrun its readers.
   */
  readonly retentionMs?: number | undefined;
  /**
   * Whose time a record's timestamp is: its event's, as the producer gives it (the default), or that of its `arrival` on the log. For what is only passed on,
   * such as replies: an answer about history would otherwise be too old to stay on a broker from the moment it is written.
   */
  readonly timestamps?: "event" | "arrival" | undefined;
}

export interface TopicRetention {
  readonly topic: string;
  /** Null: for ever. */
  readonly retentionMs: number | null;
}

/** Records may share values: they are not to be changed. */
export type Headers = Readonly<Record<string, Uint8Array>>;

/** A run of records of which none can be read, such as a batch in a compression that is none. */
export interface UnreadableBatch {
  /** It reaches from here to the offset of the record that stands for it. */
  readonly firstOffset: number;
  readonly error: StreamsError;
}

/** A record as read. `offset` grows within a partition, with gaps after compaction and transactions. */
export interface LogRecord {
  readonly offset: number;
  /** Milliseconds since the epoch: event time, as the producer gave it, or where the topic says so the time of arrival. */
  readonly timestamp: number;
  readonly key: Uint8Array | null;
  /** `null` is a tombstone. */
  readonly value: Uint8Array | null;
  readonly headers: Headers;
  /** It stands for a whole batch: key and value are null, and it is no tombstone. */
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
   * The partition is kept by key (`Backbone.table`): a deletion leaves no tombstone. A reader that begins at the start sees what there is now; a copy that
   * was made from an earlier part and is not at the end can't be brought up to it, and is to be made anew from the start.
   */
  readonly byKey?: true;
}

/** The newest value of each key of a partition, as of what is committed. Keys are text, ordered by their UTF-8 bytes. */
export interface KeyedTable {
  get(key: string): Uint8Array | undefined;
  getMany(keys: readonly string[]): Promise<readonly (Uint8Array | undefined)[]>;
  /** Ascending, `from` inclusive, `to` exclusive, as of the call. */
  range(from: string, to: string, limit?: number): Promise<readonly (readonly [string, Uint8Array])[]>;
  /** Another number once what was read may not be there any more: the log was opened anew after a failed write. */
  readonly generation: number;
}

/** What a topic is at the moment. */
export interface TopicDescription {
  readonly topic: string;
  /** Another one when the topic was deleted and made anew. Absent where the backbone gives topics none. */
  readonly topicId?: string;
  readonly partitions: number;
}

/** A position to read next, or to commit: the offset of the next record to handle. */
export interface Position extends TopicPartition {
  readonly offset: number;
}

export interface ProducerOptions {
  /**
   * Needed for `begin`. A second producer with the same id fences the first one. Once it is there, readers see all that was ever committed under the id, and
   * nothing more of the producers before.
   */
  readonly transactionalId?: string;
}

/** Writes in the order of the calls, partition by partition. Safe to call without waiting for the call before. */
export interface Producer {
  /**
   * Resolves when every record is stored (all in-sync replicas on Kafka). Not atomic.
   * Rejects with `RECORD_TOO_LARGE` or `BAD_TIME` before anything of the call is stored, `UNKNOWN_TOPIC`, `BACKBONE_UNAVAILABLE`.
   */
  send(records: readonly OutgoingRecord[]): Promise<void>;
  /**
   * One transaction at a time: rejects with `TRANSACTION_OPEN` while another is open.
   * @param after records that are sent before it has resolved may be made ready, but leave only then.
   */
  begin(after?: Promise<void>): Promise<Transaction>;
  /** One past the last record that was stored in the partition by `send`. Unknown where the broker did not say, or nothing was; absent where it never says. */
  endOf?(at: TopicPartition): number | undefined;
  /** Resolves once readers can see all that was committed. Absent where they can as soon as `commit` has resolved. Not while one is open. */
  settled?(): Promise<void>;
  close(): Promise<void>;
}

/** All of it is seen by readers, or nothing. Rejects with `FENCED` when a newer producer has the id. */
export interface Transaction {
  send(records: readonly OutgoingRecord[]): Promise<void>;
  /** As a producer's, of what is in the transaction. */
  endOf?(at: TopicPartition): number | undefined;
  /** Offsets of a group that become its committed ones together with the records. */
  sendOffsets(groupId: string, positions: readonly Position[]): Promise<void>;
  commit(): Promise<void>;
  abort(): Promise<void>;
}

/** A pull reader over a changing set of partitions. Not safe for concurrent `poll`s. */
export interface Reader {
  /**
   * The next records, at most `maxRecords` (by default some thousand) and `MAX_POLL_BYTES` in all, but one in any case; an empty array when nothing came within `maxWaitMs`. Only committed records are
   * seen. Resolves at once when records are there. A position before the start moves to the start, which `onTrimmed` is told. On Kafka a
   * position beyond the end rejects with `TOPIC_MOVED`, until the partition is sought elsewhere: the topic was made anew, or has lost its end.
   */
  poll(maxWaitMs: number, maxRecords?: number): Promise<readonly Fetch[]>;
  /** Stops delivery of a partition; what was fetched and not polled is kept or fetched again, never lost. */
  pause(partitions: readonly TopicPartition[]): void;
  resume(partitions: readonly TopicPartition[]): void;
  /** The next `poll` delivers from here. */
  seek(position: Position): void;
  close(): Promise<void>;
}

/** Records that were removed before they were read: those of the offsets from `from` to before `to`. */
export interface Trimmed extends TopicPartition {
  readonly from: number;
  readonly to: number;
}

export interface ReaderOptions {
  /** A reader has gone on at the start of a partition, which had moved past its position. Called at any time. */
  readonly onTrimmed?: (trimmed: Trimmed) => void;
}

/** Called from within `poll`, one at a time, so that a caller never handles records and a move at once. */
export interface GroupListener extends ReaderOptions {
  /**
   * Partitions this member now has. Resolves to the positions to start from; a partition that is left out starts at
   * the group's committed offset, or at the start of the log.
   * @param committed gives the committed offsets of these partitions once no transaction is under way that may change them; absent where none can be.
   */
  assigned(
    partitions: readonly TopicPartition[],
    committed?: () => Promise<readonly Position[]>,
  ): Promise<readonly Position[]>;
  /** Partitions this member must give back; when it resolves the next owner may start. */
  revoked(partitions: readonly TopicPartition[]): Promise<void>;
  /**
   * Partitions whose state this member should keep up to date without handling their records: all of them, at every change. Some of them may be
   * `assigned` later.
   */
  standby?(partitions: readonly TopicPartition[]): Promise<void>;
}

export interface GroupOptions {
  readonly groupId: string;
  /**
   * Sets of topics that belong together: partition `p` of all topics of a set that have it goes to one member. Whole tasks (a set
   * and a partition) are spread evenly over the members.
   */
  readonly copartitioned: readonly (readonly string[])[];
  /** On how many members besides the one that has it each task's state is kept. Default 0; the embedded log has one member only. */
  readonly standbyReplicas?: number | undefined;
  readonly listener: GroupListener;
  /** Where the member's id outlives a process that is killed. Absent: it does not. */
  readonly memory?: MemberMemory | undefined;
}

/**
 * A member's id on the disk. A process that was killed is still a member until its session ends, and its partitions stand still. The next process
 * finds the id and takes the former member out at once. To be kept where only one process can be at a time.
 */
export interface MemberMemory {
  read(): string | undefined;
  /** `undefined`: the member has left. */
  write(memberId: string | undefined): void;
}

export interface GroupReader extends Reader {
  /** Commits outside a transaction. Rejects with `FENCED` when the partitions have moved on. */
  commit(positions: readonly Position[]): Promise<void>;
  /** Ends a `poll` that is waiting; where none is, the next one may come back empty at once. Absent where it can't be done. */
  wake?(): void;
}

export interface Backbone {
  readonly kind: "embedded" | "kafka";
  /**
   * Offsets in a transaction are refused from a group member whose partitions have gone to another, so one producer may commit for all
   * tasks of a process. Without it each task needs a producer of its own, whose transactional id fences the former owner's.
   */
  readonly fencesOffsets: boolean;
  /**
   * Creates what is missing. Rejects with `TOPIC_MISMATCH` naming the topic when one exists with another number of
   * partitions.
   */
  ensureTopics(specs: readonly TopicSpec[]): Promise<void>;
  /** Gives the topic so many partitions from now on. None can be taken away; nothing is moved. Rejects with `UNKNOWN_TOPIC`. */
  grow(topic: string, partitions: number): Promise<void>;
  /**
   * Takes the topics away with their records, and what groups have committed of them; a topic that is not there is left out. Nobody may read or write them:
   * a write rejects with `UNKNOWN_TOPIC` afterwards, and a reader gets no more records. Absent where the log has a tool of its own for it.
   */
  remove?(topics: readonly string[]): Promise<void>;
  /** What the topics are now, asked anew; topics that are missing are left out. Other calls know of it afterwards. */
  describe(topics: readonly string[]): Promise<readonly TopicDescription[]>;
  /** `undefined` when there is no such topic. Answers are remembered; a missing topic is asked for again. */
  partitions(topic: string): Promise<number | undefined>;
  topics(): Promise<readonly string[]>;
  /**
   * Of each topic, the bytes of the largest record it takes: key, value and headers. Asked anew each time; a topic that is not there is left out.
   * Absent where every topic takes `MAX_RECORD_BYTES`.
   */
  recordBytes?(topics: readonly string[]): Promise<ReadonlyMap<string, number>>;
  /** How long the topics keep their records: see `TopicSpec.retentionMs`. Rejects with `UNKNOWN_TOPIC`. */
  retention(topics: readonly string[]): Promise<readonly TopicRetention[]>;
  /** Changes it, of topics that are there. What is too old then goes in the background; what has gone does not come back. */
  retain(topics: readonly TopicRetention[]): Promise<void>;
  /** Of every partition of the topics, in one call. */
  offsets(topics: readonly string[]): Promise<readonly PartitionOffsets[]>;
  /**
   * As `offsets`, but `end` is the offset that the next record will get, behind what no reader sees too: a position beyond it is not one
   * of this partition as it is now.
   */
  ranges(topics: readonly string[]): Promise<readonly PartitionOffsets[]>;
  /**
   * Has a partition of a compacted topic kept by key from now on, and reads it by key: what is sent there can be looked up once it is committed. Its
   * records have keys and no headers. Absent where the log can't be asked by key.
   */
  table?(at: TopicPartition): Promise<KeyedTable>;
  producer(options?: ProducerOptions): Promise<Producer>;
  group(options: GroupOptions): Promise<GroupReader>;
  /** Reads given partitions without a group: global tables, restores, clients, tools. */
  reader(positions: readonly Position[], options?: ReaderOptions): Promise<Reader>;
  /** Committed offsets of a group; a partition without one is left out. */
  committed(groupId: string, topics: readonly string[]): Promise<readonly Position[]>;
  /** For who keeps on disk what was made from records: what the log has lost since. Absent where a log never loses its end. */
  history?(): Promise<LogHistory>;
  /** Sets the committed offsets of a group that has no members now: a feed's memory of how far it came. */
  commit(groupId: string, positions: readonly Position[]): Promise<void>;
  close(): Promise<void>;
}

/** A record, key, value and headers together, may have at most this many bytes on either backbone (Kafka's default). */
export const MAX_RECORD_BYTES = streamsLimits.recordBytes;

/** Most bytes of one `poll`, keys and values with a little for each record, unless a single record is larger. */
export const MAX_POLL_BYTES = streamsLimits.pollBytes;
