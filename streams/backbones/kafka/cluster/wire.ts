import type { RequestBytes } from "../requests/request-bytes.ts";

/**
 * The part of a client that the adapters need: connections to brokers and requests on them. These are kafkajs'
 * `Cluster` and `Broker`, as far as they are used here; `streams/backbones/platformatic/` makes the same of another
 * client. kafkajs hands its `Cluster` to every partition assigner. Its own types leave part of both out, so the shapes
 * were read from kafkajs 2.2.4, which the lock file pins.
 */
export interface Cluster {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  addMultipleTargetTopics(topics: readonly string[]): Promise<void>;
  refreshMetadata(): Promise<void>;
  getNodeIds(): readonly string[];
  findTopicPartitionMetadata(topic: string): readonly { readonly partitionId: number; readonly leader: number }[];
  findBroker(options: { nodeId: string | number }): Promise<Broker>;
  findControllerBroker(): Promise<Broker>;
  /** 0 of a group, 1 of a transactional id. */
  findGroupCoordinator(options: { groupId: string; coordinatorType?: 0 | 1 }): Promise<Broker>;
}

export interface Request {
  readonly request: {
    readonly apiKey: number;
    readonly apiVersion: number;
    readonly apiName: string;
    readonly encode: () => Promise<RequestBytes>;
  };
  readonly response: {
    readonly decode: (payload: Buffer) => Promise<unknown>;
    readonly parse: (decoded: unknown) => Promise<unknown>;
  };
  readonly requestTimeout?: number;
}

interface TopicPartitions<Partition> {
  readonly topic: string;
  readonly partitions: readonly Partition[];
}

interface ProducerIdentity {
  readonly transactionalId: string;
  readonly producerId: string;
  readonly producerEpoch: number;
}

export interface Broker {
  readonly nodeId: string | number;
  readonly connectionPool: {
    send(request: Request): Promise<unknown>;
  };
  metadata(topics: readonly string[]): Promise<{
    readonly topicMetadata: readonly { readonly topic: string; readonly partitionMetadata: readonly unknown[] }[];
  }>;
  listOffsets(request: {
    replicaId?: number;
    isolationLevel: 0 | 1;
    topics: readonly TopicPartitions<{ readonly partition: number; readonly timestamp: number }>[];
  }): Promise<{
    readonly responses: readonly TopicPartitions<{ readonly partition: number; readonly offset: string }>[];
  }>;
  offsetFetch(request: {
    groupId: string;
    /** Refuses, to be asked again, while a transaction that may change the answer is open. kafkajs does not know it. */
    requireStable?: boolean;
    topics: readonly TopicPartitions<{ readonly partition: number }>[];
  }): Promise<{
    readonly responses: readonly TopicPartitions<{ readonly partition: number; readonly offset: string }>[];
  }>;
  offsetCommit(request: {
    groupId: string;
    groupGenerationId: number;
    memberId: string;
    groupInstanceId?: string;
    topics: readonly TopicPartitions<{ readonly partition: number; readonly offset: string }>[];
  }): Promise<unknown>;
  joinGroup(request: {
    groupId: string;
    sessionTimeout: number;
    rebalanceTimeout: number;
    memberId: string;
    /** Here and elsewhere: kafkajs does not know it. */
    groupInstanceId?: string;
    /** Hears of the newcomer's name before the group has answered. kafkajs does not tell it. */
    named?: (memberId: string) => void;
    groupProtocols: readonly { readonly name: string; readonly metadata: Buffer }[];
  }): Promise<{
    readonly generationId: number;
    readonly leaderId: string;
    readonly memberId: string;
    readonly members: readonly { readonly memberId: string; readonly memberMetadata: Buffer }[];
  }>;
  syncGroup(request: {
    groupId: string;
    generationId: number;
    memberId: string;
    groupInstanceId?: string;
    groupAssignment: readonly { readonly memberId: string; readonly memberAssignment: Buffer }[];
  }): Promise<{ readonly memberAssignment: Buffer }>;
  heartbeat(request: {
    groupId: string;
    groupGenerationId: number;
    memberId: string;
    groupInstanceId?: string;
  }): Promise<unknown>;
  leaveGroup(request: { groupId: string; memberId: string }): Promise<unknown>;
  initProducerId(request: { transactionalId: string | undefined; transactionTimeout: number }): Promise<{
    readonly producerId: string;
    readonly producerEpoch: number;
  }>;
  addPartitionsToTxn(request: ProducerIdentity & { topics: readonly TopicPartitions<number>[] }): Promise<unknown>;
  addOffsetsToTxn(request: ProducerIdentity & { groupId: string }): Promise<unknown>;
  txnOffsetCommit(
    request: ProducerIdentity & {
      groupId: string;
      /** With them the broker refuses a member that the group has gone on without. kafkajs does not know them. */
      memberId?: string;
      generationId?: number;
      groupInstanceId?: string;
      topics: readonly TopicPartitions<{ readonly partition: number; readonly offset: string }>[];
    },
  ): Promise<unknown>;
  endTxn(request: ProducerIdentity & { transactionResult: boolean }): Promise<unknown>;
}

/** The part of kafkajs' `Admin` that is used here. */
export interface TopicAdmin {
  createTopics(request: {
    topics: {
      topic: string;
      numPartitions: number;
      replicationFactor: number;
      configEntries: { name: string; value: string }[];
    }[];
    waitForLeaders: true;
  }): Promise<unknown>;
  listTopics(): Promise<string[]>;
  disconnect(): Promise<void>;
}

/** A client library, as the backbone above it sees it. */
export interface Client {
  /** Whether its offsets in a transaction carry the member and its generation. */
  readonly fencesOffsets: boolean;
  /** Whether its requests carry the name of a static member. */
  readonly staticMembers: boolean;
  /** Connections of their own, so that one reader's waiting fetch or join holds up nobody else. */
  openCluster(): Promise<Cluster>;
  openAdmin(): Promise<TopicAdmin>;
}
