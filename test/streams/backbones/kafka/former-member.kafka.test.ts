import { describe, expect, inject, test } from "vitest";
import {
  createKafkaBackbone,
  createPlatformaticBackbone,
  type Backbone,
  type GroupReader,
  type TopicPartition,
} from "../../../../streams/index.ts";
import type { MemberMemory } from "../../../../streams/backbone/backbone.ts";

const PARTITIONS = 4;
const SESSION_MS = 45_000;

describe.each([
  ["kafkajs", createKafkaBackbone],
  ["@platformatic/kafka", createPlatformaticBackbone],
] as const)("over %s", (name, create) => {
  test("a member whose process was killed is taken out by the next one, which need not wait for its session", async () => {
    const topic = `former-${name.length}-${process.pid}`;
    const open = (): Promise<Backbone> => create({ brokers: inject("brokers"), sessionTimeoutMs: SESSION_MS });
    const [killed, next] = [await open(), await open()];
    await killed.ensureTopics([{ name: topic, partitions: PARTITIONS, cleanup: "delete" }]);
    let memberId: string | undefined;
    const memory: MemberMemory = { read: () => memberId, write: (id) => void (memberId = id) };
    const join = async (
      backbone: Backbone,
    ): Promise<{ readonly group: GroupReader; readonly has: TopicPartition[] }> => {
      const has: TopicPartition[] = [];
      const listener = {
        assigned: async (at: readonly TopicPartition[]) => (has.push(...at), []),
        revoked: async () => undefined,
      };
      return { group: await backbone.group({ groupId: topic, copartitioned: [[topic]], listener, memory }), has };
    };
    const former = await join(killed);
    while (former.has.length < PARTITIONS) await former.group.poll(50);
    expect(memberId).toMatch(/./);
    const before = memberId;

    // The former member polls no more and has not left: to the group it is there until its session ends.
    const started = performance.now();
    const { group, has } = await join(next);
    while (has.length < PARTITIONS && performance.now() - started < SESSION_MS) await group.poll(50);
    expect(has).toHaveLength(PARTITIONS);
    expect(performance.now() - started).toBeLessThan(SESSION_MS / 2);
    expect(memberId).not.toBe(before);
    await group.close();
    expect(memberId).toBe(undefined);
    await former.group.close();
    await Promise.all([killed.close(), next.close()]);
  });
});
