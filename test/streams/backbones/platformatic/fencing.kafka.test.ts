import { Kafka, logLevel } from "kafkajs";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import type { Backbone } from "../../../../streams/backbone/backbone.ts";
import { openCluster } from "../../../../streams/backbones/kafka/cluster/client.ts";
import { kafkaSettings } from "../../../../streams/backbones/kafka/cluster/options.ts";
import { createPlatformaticBackbone } from "../../../../streams/backbones/platformatic/index.ts";
import { joinGroup, newTopic, outgoing, text, valuesOf } from "../backbone-harness.ts";
import { eventually } from "../../../eventually.ts";

const patience = { timeout: 30_000, interval: 10 };
const options = { brokers: inject("brokers"), heartbeatIntervalMs: 3_000 };
let backbone: Backbone;
let other: Backbone;

beforeAll(async () => {
  backbone = await createPlatformaticBackbone(options);
  other = await createPlatformaticBackbone(options);
});
afterAll(() => Promise.all([backbone.close(), other.close()]));

/** As the group's coordinator does when it has not heard of its members for too long. */
async function throwOutAll(groupId: string): Promise<void> {
  const admin = new Kafka({ brokers: inject("brokers").split(","), logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  const { groups } = await admin.describeGroups([groupId]);
  await admin.disconnect();
  const cluster = await openCluster(kafkaSettings(options));
  const coordinator = await cluster.findGroupCoordinator({ groupId });
  for (const { memberId } of groups[0]!.members) await coordinator.leaveGroup({ groupId, memberId });
  await cluster.disconnect();
}

test("offsets in a transaction of a member that has the partition are committed with the records", async () => {
  const [input, output] = [await newTopic(backbone), await newTopic(backbone)];
  const groupId = `member-${input}`;
  const member = await joinGroup(backbone, { groupId, copartitioned: [[input]] });
  await eventually(() => expect(member.owned()).toEqual([`${input}/0`]), patience);
  const producer = await backbone.producer({ transactionalId: `tx-${input}` });
  const transaction = await producer.begin();
  await transaction.send([outgoing(output, "decided")]);
  await transaction.sendOffsets(groupId, [{ topic: input, partition: 0, offset: 5 }]);
  await transaction.commit();
  await eventually(async () => expect(await valuesOf(backbone, output)).toEqual(["decided"]), patience);
  expect(await backbone.committed(groupId, [input])).toEqual([{ topic: input, partition: 0, offset: 5 }]);
  await producer.close();
  await member.close();
});

test("a member that the group has gone on without can't commit offsets in a transaction, whatever its transactional id", async () => {
  const [input, output] = [await newTopic(backbone), await newTopic(backbone)];
  const groupId = `zombie-${input}`;
  const zombie = await joinGroup(backbone, { groupId, copartitioned: [[input]] });
  await eventually(() => expect(zombie.owned()).toEqual([`${input}/0`]), patience);
  // It does not poll and its heart beats seldom, so it does not know yet.
  await zombie.stop();
  await throwOutAll(groupId);
  const owner = await joinGroup(other, { groupId, copartitioned: [[input]] });
  await eventually(() => expect(owner.owned()).toEqual([`${input}/0`]), patience);

  const producer = await backbone.producer({ transactionalId: `zombie-${input}` });
  const transaction = await producer.begin();
  await transaction.send([outgoing(output, "twice")]);
  const offsets = transaction.sendOffsets(groupId, [{ topic: input, partition: 0, offset: 5 }]);
  await expect(offsets).rejects.toMatchObject({ code: "FENCED", flags: { fence: true } });
  await expect(transaction.commit()).rejects.toMatchObject({ code: "FENCED" });
  await transaction.abort().catch(() => undefined);
  await producer.close();

  const next = await other.producer({ transactionalId: `owner-${input}` });
  const committed = await next.begin();
  await committed.send([outgoing(output, "once")]);
  await committed.sendOffsets(groupId, [{ topic: input, partition: 0, offset: 6 }]);
  await committed.commit();
  await eventually(async () => expect(await valuesOf(backbone, output)).toEqual(["once"]), patience);
  expect(await backbone.committed(groupId, [input])).toEqual([{ topic: input, partition: 0, offset: 6 }]);
  await next.close();
  await owner.close();
  await zombie.group.close();
});

test("offsets of partitions that this process's members do not have are FENCED", async () => {
  const input = await newTopic(backbone, { partitions: 2 });
  const groupId = `foreign-${input}`;
  const members = [
    await joinGroup(backbone, { groupId, copartitioned: [[input]] }),
    await joinGroup(other, { groupId, copartitioned: [[input]] }),
  ];
  await eventually(() => expect(members.map((member) => member.owned().length)).toEqual([1, 1]), patience);
  const foreign = Number(members[1]!.owned()[0]!.split("/")[1]);
  const producer = await backbone.producer({ transactionalId: `foreign-${input}` });
  const transaction = await producer.begin();
  const offsets = transaction.sendOffsets(groupId, [{ topic: input, partition: foreign, offset: 1 }]);
  await expect(offsets).rejects.toMatchObject({ code: "FENCED" });
  await transaction.abort().catch(() => undefined);
  await producer.close();
  await Promise.all(members.map((member) => member.close()));
});

test("a new owner waits for a transaction that holds offsets of the group, and starts where it ends", async () => {
  const input = await newTopic(backbone);
  const groupId = `pending-${input}`;
  const plain = await backbone.producer();
  await plain.send(["a", "b", "c"].map((value) => outgoing(input, value)));
  const producer = await backbone.producer({ transactionalId: `pending-${input}` });
  const transaction = await producer.begin();
  await transaction.sendOffsets(groupId, [{ topic: input, partition: 0, offset: 2 }]);
  let assigned = 0;
  const group = await other.group({
    groupId,
    copartitioned: [[input]],
    listener: {
      assigned: () => {
        assigned++;
        return Promise.resolve([]);
      },
      revoked: () => Promise.resolve(),
    },
  });
  const polled = (async () => {
    for (;;) {
      const fetches = await group.poll(1_000);
      if (fetches.length > 0) return fetches.flatMap((fetch) => fetch.records.map((record) => text(record.value)));
    }
  })();
  await eventually(() => expect(assigned).toBe(1), patience);
  await transaction.commit();
  expect(await polled).toEqual(["c"]);
  await group.close();
  await producer.close();
  await plain.close();
});
