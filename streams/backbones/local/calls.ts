import type {
  Fetch,
  OutgoingRecord,
  PartitionOffsets,
  Position,
  ProducerOptions,
  TopicDescription,
  TopicPartition,
  TopicRetention,
  TopicSpec,
} from "../../backbone/backbone.ts";
import type { LogHistory } from "../../backbone/log-history.ts";
import type { AvroSchema, Compatibility } from "../../registry/registry.ts";

/** Raise it with every change of the calls: a client and a server of different numbers do not talk. */
export const PROTOCOL = 6;

/** A name for an object that one side keeps for the other, within one connection. */
export type Handle = number;

/**
 * A client's calls to the process that has the log: the ports of backbone and registry, with handles for objects that
 * live on there. Calls begin in the order in which they were made, and end in any order.
 */
export interface ServerCalls {
  /** The server's `PROTOCOL`. */
  hello(): Promise<number>;

  ensureTopics(specs: readonly TopicSpec[]): Promise<void>;
  partitions(topic: string): Promise<number | undefined>;
  topics(): Promise<readonly string[]>;
  retention(topics: readonly string[]): Promise<readonly TopicRetention[]>;
  retain(topics: readonly TopicRetention[]): Promise<void>;
  grow(topic: string, partitions: number): Promise<void>;
  remove(topics: readonly string[]): Promise<void>;
  describe(topics: readonly string[]): Promise<readonly TopicDescription[]>;
  offsets(topics: readonly string[]): Promise<readonly PartitionOffsets[]>;
  ranges(topics: readonly string[]): Promise<readonly PartitionOffsets[]>;
  committed(groupId: string, topics: readonly string[]): Promise<readonly Position[]>;
  history(): Promise<LogHistory>;
  commit(groupId: string, positions: readonly Position[]): Promise<void>;

  openProducer(options: ProducerOptions): Promise<Handle>;
  send(producer: Handle, records: readonly OutgoingRecord[]): Promise<void>;
  closeProducer(producer: Handle): Promise<void>;

  begin(producer: Handle): Promise<Handle>;
  sendWithin(transaction: Handle, records: readonly OutgoingRecord[]): Promise<void>;
  sendOffsets(transaction: Handle, groupId: string, positions: readonly Position[]): Promise<void>;
  commitTransaction(transaction: Handle): Promise<void>;
  abortTransaction(transaction: Handle): Promise<void>;

  openReader(positions: readonly Position[]): Promise<Handle>;
  /** The client has kept the listener under the given handle. Returns a reader's handle. */
  joinGroup(groupId: string, copartitioned: readonly (readonly string[])[], listener: Handle): Promise<Handle>;
  poll(reader: Handle, maxWaitMs: number, maxRecords?: number): Promise<readonly Fetch[]>;
  pause(reader: Handle, partitions: readonly TopicPartition[]): Promise<void>;
  resume(reader: Handle, partitions: readonly TopicPartition[]): Promise<void>;
  seek(reader: Handle, position: Position): Promise<void>;
  commitGroup(reader: Handle, positions: readonly Position[]): Promise<void>;
  closeReader(reader: Handle): Promise<void>;

  register(subject: string, schema: AvroSchema, compatibility: Compatibility): Promise<number>;
  schema(id: number): Promise<AvroSchema>;
  subjects(): Promise<readonly string[]>;
}

/** The server's calls to a client, from within a `poll` of the client's: see `GroupListener`. */
export interface ListenerCalls {
  assigned(listener: Handle, partitions: readonly TopicPartition[]): Promise<readonly Position[]>;
  revoked(listener: Handle, partitions: readonly TopicPartition[]): Promise<void>;
}
