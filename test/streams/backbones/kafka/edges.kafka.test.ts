import { Kafka, logLevel, type Admin } from "kafkajs";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import type { Backbone } from "../../../../streams/backbone/backbone.ts";
import { openCluster } from "../../../../streams/backbones/kafka/cluster/client.ts";
import { createKafkaBackbone } from "../../../../streams/backbones/kafka/index.ts";
import { kafkaSettings } from "../../../../streams/backbones/kafka/cluster/options.ts";
import { createPlatformaticBackbone } from "../../../../streams/backbones/platformatic/index.ts";
import { joinGroup, newTopic, outgoing, readCount, valuesOf, type Event, type Member } from "../backbone-harness.ts";
import { eventually } from "../../../eventually.ts";

const clients = [
  { client: "kafkajs", create: createKafkaBackbone },
  { client: "@platformatic/kafka", create: createPlatformaticBackbone },
];

describe.each(clients)("over $client", ({ create }) => {
  let backbone: Backbone;
  let admin: Admin;
  const patience = { timeout: 30_000, interval: 10 };

  beforeAll(async () => {
    backbone = await create({ brokers: inject("brokers"), heartbeatIntervalMs: 200 });
    admin = new Kafka({ brokers: inject("brokers").split(","), logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
  });
  afterAll(async () => {
    await admin.disconnect();
    await backbone.close();
  });

  test("a position before the start of the log moves to the start", async () => {
    const topic = await newTopic(backbone);
    const producer = await backbone.producer();
    await producer.send(Array.from({ length: 10 }, (_, i) => outgoing(topic, String(i))));
    await admin.fetchTopicOffsets(topic);
    await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: "6" }] });
    expect(await backbone.offsets([topic])).toEqual([{ topic, partition: 0, start: 6, end: 10 }]);
    const reader = await backbone.reader([{ topic, partition: 0, offset: 0 }]);
    const [records] = (await readCount(reader, 4)).values();
    expect(records!.map((record) => record.offset)).toEqual([6, 7, 8, 9]);
    reader.seek({ topic, partition: 0, offset: 2 });
    expect((await readCount(reader, 4)).get(`${topic}/0`)!.map((record) => record.offset)).toEqual([6, 7, 8, 9]);
    await reader.close();
    await producer.close();
  });

  test("a member that the group has thrown out gives everything back, can't commit, and comes again", async () => {
    const topic = await newTopic(backbone, { partitions: 2 });
    const groupId = `thrown-out-${topic}`;
    const events: Event[] = [];
    const refused: unknown[] = [];
    const member: Member = await joinGroup(backbone, {
      groupId,
      copartitioned: [[topic]],
      events,
      onRevoked: async () => {
        await member.group.commit([{ topic, partition: 0, offset: 1 }]).catch((error: unknown) => refused.push(error));
      },
    });
    await eventually(() => expect(member.owned().length).toBe(2), patience);
    const { groups } = await admin.describeGroups([groupId]);
    const cluster = await openCluster(kafkaSettings({ brokers: inject("brokers") }));
    const coordinator = await cluster.findGroupCoordinator({ groupId });
    await coordinator.leaveGroup({ groupId, memberId: groups[0]!.members[0]!.memberId });
    await cluster.disconnect();
    await eventually(() => {
      const kinds = events.map(({ kind, partitions }) => [kind, partitions.length]);
      expect(kinds).toEqual([
        ["assigned", 2],
        ["revoking", 2],
        ["revoked", 2],
        ["assigned", 2],
      ]);
    }, patience);
    expect(refused).toMatchObject([{ code: "FENCED" }]);
    expect(await backbone.committed(groupId, [topic])).toEqual([]);
    await member.close();
  });

  test("other tools see which partitions a member reads", async () => {
    const topic = await newTopic(backbone, { partitions: 2 });
    const groupId = `described-${topic}`;
    const member = await joinGroup(backbone, { groupId, copartitioned: [[topic]] });
    await eventually(() => expect(member.owned().length).toBe(2), patience);
    const { groups } = await admin.describeGroups([groupId]);
    expect(groups[0]).toMatchObject({ state: "Stable", protocolType: "consumer" });
    expect(groups[0]!.members[0]!.memberAssignment.toString()).toContain(topic);
    await member.close();
    await eventually(async () => {
      expect((await admin.describeGroups([groupId])).groups[0]).toMatchObject({ state: "Empty" });
    }, patience);
  });

  test("topics are created with the cleanup and retention asked for", async () => {
    const kept = await newTopic(backbone, { cleanup: "delete" });
    const timed = await newTopic(backbone, { cleanup: "delete", retentionMs: 3_600_000 });
    const compacted = await newTopic(backbone, { cleanup: "compact" });
    const configOf = async (name: string): Promise<(string | undefined)[]> => {
      const { resources } = await admin.describeConfigs({ includeSynonyms: false, resources: [{ type: 2, name }] });
      const entries = new Map(resources[0]!.configEntries.map((entry) => [entry.configName, entry.configValue]));
      return [entries.get("cleanup.policy"), entries.get("retention.ms")];
    };
    expect(await configOf(kept)).toEqual(["delete", "-1"]);
    expect(await configOf(timed)).toEqual(["delete", "3600000"]);
    expect(await configOf(compacted)).toEqual(["compact", "-1"]);
  });

  test("what compaction leaves is read to the end, over the gaps", async () => {
    const topic = `compacted-${process.pid}-${Date.now()}`;
    const configEntries = [
      { name: "cleanup.policy", value: "compact" },
      { name: "min.cleanable.dirty.ratio", value: "0.001" },
      { name: "segment.bytes", value: "1048576" },
      { name: "segment.ms", value: "50" },
    ];
    await admin.createTopics({ topics: [{ topic, numPartitions: 1, replicationFactor: 1, configEntries }] });
    const producer = await backbone.producer({ transactionalId: topic });
    let sent = 0;
    const write = async (): Promise<void> => {
      const transaction = await producer.begin();
      const times = { key: Buffer.from("one"), timestamp: Date.now() };
      await transaction.send([outgoing(topic, String(sent++), times), outgoing(topic, String(sent++), times)]);
      await transaction.commit();
    };
    await eventually(
      async () => {
        await write();
        const values = await valuesOf(backbone, topic);
        expect(values.at(-1)).toBe(String(sent - 1));
        expect(values.length).toBeLessThan(sent / 2);
      },
      { timeout: 50_000, interval: 100 },
    );
    await producer.close();
  });

  test("everything that was opened is closed with the backbone, a member that is joining too", async () => {
    const own = await create({ brokers: inject("brokers") });
    const topic = await newTopic(own);
    const producer = await own.producer({ transactionalId: `close-${topic}` });
    await (await producer.begin()).send([outgoing(topic, "never committed")]);
    const reader = await own.reader([{ topic, partition: 0, offset: 0 }]);
    const polled = reader.poll(60_000);
    const nothing = { assigned: () => Promise.resolve([]), revoked: () => Promise.resolve() };
    await own.group({ groupId: `close-${topic}`, copartitioned: [[topic]], listener: nothing });
    await own.close();
    expect(await polled).toEqual([]);
    await expect(producer.send([outgoing(topic, "late")])).rejects.toMatchObject({ code: "CLOSED" });
    await expect(own.topics()).rejects.toMatchObject({ code: "CLOSED" });
  });
});
