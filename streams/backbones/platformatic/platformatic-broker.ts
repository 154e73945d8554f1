import {
  addOffsetsToTxnV3,
  addPartitionsToTxnV3,
  endTxnV3,
  initProducerIdV4,
  listOffsetsV6,
  metadataV9,
  txnOffsetCommitV3,
  type API,
} from "@platformatic/kafka";
import type { Broker, Request } from "../kafka/cluster/wire.ts";
import { committedTopics } from "./committed-topics.ts";
import type { Address } from "./client-error.ts";
import type { Connections } from "./connections.ts";
import { groupRequests, type GroupRequests } from "./group-requests.ts";

const fetchKey = 1;
type Ask<Name extends keyof Broker> = Broker[Name] extends (request: infer Argument) => unknown ? Argument : never;

/** The requests to one broker, in versions that Kafka 3.0 to 4.1 know. */
export class PlatformaticBroker implements Broker {
  readonly nodeId: number;
  readonly address: Address;
  readonly connectionPool: Broker["connectionPool"];
  readonly offsetFetch: GroupRequests["offsetFetch"];
  readonly offsetCommit: GroupRequests["offsetCommit"];
  readonly joinGroup: GroupRequests["joinGroup"];
  readonly syncGroup: GroupRequests["syncGroup"];
  readonly heartbeat: GroupRequests["heartbeat"];
  readonly leaveGroup: GroupRequests["leaveGroup"];
  readonly #connections: Connections;

  constructor(nodeId: number, address: Address, connections: Connections) {
    this.nodeId = nodeId;
    this.address = address;
    this.#connections = connections;
    this.connectionPool = {
      send: (request: Request) =>
        connections.send(address, request, request.request.apiKey === fetchKey ? "fetch" : "ask"),
    };
    const group = groupRequests(address, connections);
    this.offsetFetch = group.offsetFetch;
    this.offsetCommit = group.offsetCommit;
    this.joinGroup = group.joinGroup;
    this.syncGroup = group.syncGroup;
    this.heartbeat = group.heartbeat;
    this.leaveGroup = group.leaveGroup;
  }

  call<Arguments extends unknown[], Answer>(api: API<Arguments, Answer>, args: Arguments): Promise<Answer> {
    return this.#connections.call(this.address, api, args);
  }

  async metadata(topics: readonly string[]): ReturnType<Broker["metadata"]> {
    const answer = await this.call(metadataV9.api, [[...topics], false]);
    return {
      topicMetadata: answer.topics.map(({ name, partitions }) => ({ topic: name, partitionMetadata: partitions })),
    };
  }

  async listOffsets({ isolationLevel, topics }: Ask<"listOffsets">): ReturnType<Broker["listOffsets"]> {
    const asked = topics.map(({ topic, partitions }) => ({
      name: topic,
      partitions: partitions.map(({ partition, timestamp }) => ({
        partitionIndex: partition,
        currentLeaderEpoch: -1,
        timestamp: BigInt(timestamp),
      })),
    }));
    const answer = await this.call(listOffsetsV6.api, [-1, isolationLevel, asked]);
    const responses = answer.topics.map(({ name, partitions }) => ({
      topic: name,
      partitions: partitions.map(({ partitionIndex, offset }) => ({
        partition: partitionIndex,
        offset: String(offset),
      })),
    }));
    return { responses };
  }

  async initProducerId(request: Ask<"initProducerId">): ReturnType<Broker["initProducerId"]> {
    const { transactionalId, transactionTimeout } = request;
    const answer = await this.call(initProducerIdV4.api, [transactionalId, transactionTimeout]);
    return { producerId: String(answer.producerId), producerEpoch: answer.producerEpoch };
  }

  addPartitionsToTxn(request: Ask<"addPartitionsToTxn">): Promise<unknown> {
    const { transactionalId, producerId, producerEpoch } = request;
    const topics = request.topics.map(({ topic, partitions }) => ({ name: topic, partitions: [...partitions] }));
    const transaction = {
      transactionalId,
      producerId: BigInt(producerId),
      producerEpoch,
      verifyOnly: false,
      topics,
    };
    return this.call(addPartitionsToTxnV3.api, [[transaction]]);
  }

  addOffsetsToTxn(request: Ask<"addOffsetsToTxn">): Promise<unknown> {
    const { transactionalId, producerId, producerEpoch, groupId } = request;
    return this.call(addOffsetsToTxnV3.api, [transactionalId, BigInt(producerId), producerEpoch, groupId]);
  }

  txnOffsetCommit(request: Ask<"txnOffsetCommit">): Promise<unknown> {
    const { transactionalId, producerId, producerEpoch, groupId, generationId = -1, memberId = "" } = request;
    const { groupInstanceId = null } = request;
    return this.call(txnOffsetCommitV3.api, [
      transactionalId,
      groupId,
      BigInt(producerId),
      producerEpoch,
      generationId,
      memberId,
      groupInstanceId,
      committedTopics(request.topics),
    ]);
  }

  endTxn(request: Ask<"endTxn">): Promise<unknown> {
    const { transactionalId, producerId, producerEpoch, transactionResult } = request;
    return this.call(endTxnV3.api, [transactionalId, BigInt(producerId), producerEpoch, transactionResult]);
  }
}
