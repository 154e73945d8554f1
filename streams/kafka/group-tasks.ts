import kafkajs from "kafkajs";
import type { TopicPartition } from "../backbone/backbone.ts";
import { StreamsError } from "../errors.ts";
import type { TopicDirectory } from "./topic-directory.ts";

/** The tasks of a group: a set of co-partitioned topics and a partition. Named `set:partition`. */
export class GroupTasks {
  readonly all: readonly string[];
  readonly topics: readonly string[];
  readonly #sets: readonly (readonly string[])[];

  private constructor(sets: readonly (readonly string[])[], counts: readonly number[]) {
    this.#sets = sets;
    this.topics = [...new Set(sets.flat())].sort();
    this.all = counts.flatMap((count, set) => Array.from({ length: count }, (_, partition) => `${set}:${partition}`));
  }

  /** Rejects with `UNKNOWN_TOPIC`, or `TOPIC_MISMATCH` where a set's topics differ in their partitions. */
  static async of(sets: readonly (readonly string[])[], directory: TopicDirectory): Promise<GroupTasks> {
    const counts = await Promise.all(sets.map((set) => commonCount(set, directory)));
    return new GroupTasks(sets, counts);
  }

  partitions(tasks: Iterable<string>): TopicPartition[] {
    return [...tasks].flatMap((task) => {
      const [set, partition] = task.split(":").map(Number) as [number, number];
      return this.#sets[set]!.map((topic) => ({ topic, partition }));
    });
  }
}

async function commonCount(set: readonly string[], directory: TopicDirectory): Promise<number> {
  await directory.check(set.map((topic) => ({ topic, partition: 0 })));
  const counts = await Promise.all(set.map((topic) => directory.partitions(topic)));
  const other = counts.findIndex((count) => count !== counts[0]);
  if (other > 0) {
    throw new StreamsError(
      "TOPIC_MISMATCH",
      `topics that belong together need the same number of partitions: ${set[0]} has ${counts[0]}, ${set[other]} has ` +
        `${counts[other]}. Create one of them anew, or repartition it`,
    );
  }
  return counts[0] ?? 0;
}

const { MemberMetadata, MemberAssignment } = kafkajs.AssignerProtocol;

/** Tasks a member has, and tasks whose state it keeps. */
export interface Claims {
  readonly owned: readonly string[];
  readonly standby: readonly string[];
}

/** What a member tells the leader when it joins. Version 0 of Kafka's consumer protocol, with the claims as user data. */
export function encodeClaims(topics: readonly string[], claims: Claims): Buffer {
  const userData = Buffer.from(JSON.stringify(claims));
  return MemberMetadata.encode({ version: 0, topics: [...topics], userData });
}

export function decodeClaims(metadata: Buffer): Claims {
  const userData = MemberMetadata.decode(metadata)?.userData;
  if (userData === undefined || userData === null || userData.length === 0) return { owned: [], standby: [] };
  return JSON.parse(userData.toString()) as Claims;
}

/** What the leader tells a member. Partitions go along so that other tools see who reads what. */
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
