import {
  heartbeatV4,
  joinGroupV6,
  leaveGroupV4,
  offsetCommitV8,
  offsetFetchV8,
  syncGroupV4,
} from "@platformatic/kafka";
import { protocolType } from "../kafka/cluster/kafka-errors.ts";
import type { Broker } from "../kafka/cluster/wire.ts";
import { type Address, answerOf } from "./client-error.ts";
import { committedTopics } from "./committed-topics.ts";
import type { Connections } from "./connections.ts";

export type GroupRequests = Pick<
  Broker,
  "offsetFetch" | "offsetCommit" | "joinGroup" | "syncGroup" | "heartbeat" | "leaveGroup"
>;

const consumers = "consumer";

/** Requests to a group's coordinator. */
export function groupRequests(address: Address, connections: Connections): GroupRequests {
  return {
    async offsetFetch({ groupId, topics, requireStable = false }) {
      const asked = topics.map(({ topic, partitions }) => ({
        name: topic,
        partitionIndexes: partitions.map(({ partition }) => partition),
      }));
      const group = { groupId, memberEpoch: -1, topics: asked };
      const { groups } = await connections.call(address, offsetFetchV8.api, [[group], requireStable]);
      const responses = groups[0]!.topics.map(({ name, partitions }) => ({
        topic: name,
        partitions: partitions.map(({ partitionIndex, committedOffset }) => ({
          partition: partitionIndex,
          offset: String(committedOffset),
        })),
      }));
      return { responses };
    },

    offsetCommit({ groupId, groupGenerationId, memberId, groupInstanceId = null, topics }) {
      const offsets = committedTopics(topics);
      return connections.call(address, offsetCommitV8.api, [
        groupId,
        groupGenerationId,
        memberId,
        groupInstanceId,
        offsets,
      ]);
    },

    async joinGroup(request) {
      const { groupId, sessionTimeout, rebalanceTimeout, groupInstanceId = null, groupProtocols } = request;
      const join = (memberId: string): Promise<joinGroupV6.JoinGroupResponse> =>
        connections.call(
          address,
          joinGroupV6.api,
          [groupId, sessionTimeout, rebalanceTimeout, memberId, groupInstanceId, consumers, [...groupProtocols]],
          "join",
        );
      const answer = await join(request.memberId).catch((error: unknown) => {
        // A newcomer is told its name first and joins with it.
        const given = answerOf<joinGroupV6.JoinGroupResponse>(error)?.memberId;
        if (protocolType(error) !== "MEMBER_ID_REQUIRED" || given === undefined) throw error;
        request.named?.(given);
        return join(given);
      });
      const { generationId, leader, memberId } = answer;
      const members = answer.members.map((member) => ({ memberId: member.memberId, memberMetadata: member.metadata }));
      return { generationId, leaderId: leader, memberId, members };
    },

    async syncGroup({ groupId, generationId, memberId, groupInstanceId = null, groupAssignment }) {
      const shares = groupAssignment.map((share) => ({
        memberId: share.memberId,
        assignment: share.memberAssignment,
      }));
      const answer = await connections.call(
        address,
        syncGroupV4.api,
        [groupId, generationId, memberId, groupInstanceId, null, null, shares],
        "join",
      );
      return { memberAssignment: answer.assignment };
    },

    heartbeat({ groupId, groupGenerationId, memberId, groupInstanceId = null }) {
      return connections.call(address, heartbeatV4.api, [groupId, groupGenerationId, memberId, groupInstanceId]);
    },

    leaveGroup({ groupId, memberId }) {
      return connections.call(address, leaveGroupV4.api, [groupId, [{ memberId }]]);
    },
  };
}
