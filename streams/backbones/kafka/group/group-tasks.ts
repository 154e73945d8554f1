import kafkajs from "kafkajs";
import type { TopicPartition } from "../../../backbone/backbone.ts";
import type { TopicDirectory } from "../topics/topic-directory.ts";

/** The tasks of a group: a set of co-partitioned topics and a partition that at least one of them has. Named `set:partition`. */
export class GroupTasks {
  readonly all: readonly string[];
  readonly topics: readonly string[];
  readonly #sets: readonly (readonly string[])[];
  readonly #counts: ReadonlyMap<string, number>;

  private constructor(sets: readonly (readonly string[])[], counts: ReadonlyMap<string, number>) {
    this.#sets = sets;
    this.#counts = counts;
    this.topics = [...counts.keys()].sort();
    this.all = sets.flatMap((topics, set) => {
      const count = Math.max(0, ...topics.map((topic) => counts.get(topic)!));
      return Array.from({ length: count }, (_, partition) => `${set}:${partition}`);
    });
  }

  /** Rejects with `UNKNOWN_TOPIC`. */
  static async of(sets: readonly (readonly string[])[], directory: TopicDirectory): Promise<GroupTasks> {
    const topics = [...new Set(sets.flat())];
    await directory.check(topics.map((topic) => ({ topic, partition: 0 })));
    return new GroupTasks(sets, new Map(topics.map((topic) => [topic, directory.known(topic)!])));
  }

  partitions(tasks: Iterable<string>): TopicPartition[] {
    return [...tasks].flatMap((task) => {
      const [set, partition] = task.split(":").map(Number) as [number, number];
      const topics = this.#sets[set]!.filter((topic) => partition < this.#counts.get(topic)!);
      return topics.map((topic) => ({ topic, partition }));
    });
  }
}

const { MemberMetadata, MemberAssignment } = kafkajs.AssignerProtocol;

/** Tasks a member has, and tasks whose state it keeps. */
export interface Claims {
  readonly owned: readonly string[];
  readonly standby: readonly string[];
}

/**
 * A member's message to the leader when it joins: version 0 of Kafka's consumer protocol, with the claims as user data.
 */
export function encodeClaims(topics: readonly string[], claims: Claims): Buffer {
  const userData = Buffer.from(JSON.stringify(claims));
  return MemberMetadata.encode({ version: 0, topics: [...topics], userData });
}

export function decodeClaims(metadata: Buffer): Claims {
  const userData = MemberMetadata.decode(metadata)?.userData;
  if (userData === undefined || userData === null || userData.length === 0) return { owned: [], standby: [] };
  return JSON.parse(userData.toString()) as Claims;
}

/** The leader's message to a member. It lists partitions so that other tools see the readers of each. */
export function encodeShare(share: Share, partitions: readonly TopicPartition[]): Buffer {
  const assignment: Record<string, number[]> = {};
  for (const { topic, partition } of partitions) (assignment[topic] ??= []).push(partition);
  const userData = Buffer.from(JSON.stringify(share));
  return MemberAssignment.encode({ version: 0, assignment, userData });
}

export interface Share {
  readonly tasks: readonly string[];
  /** Tasks whose state the member keeps up to date. */
  readonly standby: readonly string[];
  readonly unfinished: boolean;
}

export function decodeShare(assignment: Buffer): Share {
  const userData = assignment.length === 0 ? undefined : MemberAssignment.decode(assignment)?.userData;
  if (userData === undefined || userData.length === 0) return { tasks: [], standby: [], unfinished: false };
  return JSON.parse(userData.toString()) as Share;
}
