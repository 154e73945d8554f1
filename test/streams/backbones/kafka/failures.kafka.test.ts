import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Backbone } from "../../../../streams/backbone/backbone.ts";
import { createKafkaBackbone } from "../../../../streams/backbones/kafka/index.ts";
import { createPlatformaticBackbone } from "../../../../streams/backbones/platformatic/index.ts";
import { startKafka, type KafkaServer } from "../../../servers/kafka.ts";
import { joinGroup, newTopic, outgoing, readCount, text, valuesOf } from "../backbone-harness.ts";
import { eventually } from "../../../eventually.ts";

const clients = [
  { client: "kafkajs", create: createKafkaBackbone },
  { client: "@platformatic/kafka", create: createPlatformaticBackbone },
];

describe.each(clients)("over $client", ({ create }) => {
  // A broker of its own, because it is killed.
  let server: KafkaServer;
  let backbone: Backbone;

  beforeAll(async () => {
    server = await startKafka();
    backbone = await create({
      brokers: server.brokers,
      heartbeatIntervalMs: 200,
      sessionTimeoutMs: 3_000,
      deliveryTimeoutMs: 60_000,
      // A broker that is away for longer ends the transaction, and its producer with it.
      transactionTimeoutMs: 60_000,
    });
  });
  afterAll(async () => {
    await backbone.close();
    await server.stop();
  });

  const numbers = (count: number): string[] => Array.from({ length: count }, (_, i) => String(i));

  test(
    "sends go on over a broker's crash: every record stored once, in order, and read",
    { timeout: 900_000 },
    async () => {
      const topic = await newTopic(backbone);
      const producer = await backbone.producer();
      const reader = await backbone.reader([{ topic, partition: 0, offset: 0 }]);
      const reading = readCount(reader, 3_000);
      const sends: Promise<void>[] = [];
      for (let i = 0; i < 3_000; i++) {
        sends.push(producer.send([outgoing(topic, String(i))]));
        if (i % 10 === 0) await sends.at(-1);
        if (i === 1_500) {
          const killed = server.kill();
          sends.push(producer.send([]));
          await killed;
          void server.restart();
        }
      }
      await Promise.all(sends);
      expect(await valuesOf(backbone, topic)).toEqual(numbers(3_000));
      const [read] = (await reading).values();
      expect(read!.map((record) => text(record.value))).toEqual(numbers(3_000));
      await reader.close();
      await producer.close();
    },
  );

  test(
    "a transaction that a crash interrupts is whole or not there, and the next one goes through",
    { timeout: 900_000 },
    async () => {
      const topic = await newTopic(backbone);
      const producer = await backbone.producer({ transactionalId: `crash-${topic}` });
      const first = await producer.begin();
      await first.send([outgoing(topic, "a1"), outgoing(topic, "a2")]);
      await server.kill();
      const restarted = server.restart();
      await first.send([outgoing(topic, "a3")]);
      await first.commit();
      await restarted;
      const second = await producer.begin();
      await second.send([outgoing(topic, "b")]);
      await second.commit();
      await eventually(async () => expect(await valuesOf(backbone, topic)).toEqual(["a1", "a2", "a3", "b"]), {
        timeout: 60_000,
      });
      await producer.close();
    },
  );

  test("group members come through a restart with their partitions and commits", { timeout: 900_000 }, async () => {
    const topic = await newTopic(backbone, { partitions: 4 });
    const options = { groupId: `group-${topic}`, copartitioned: [[topic]] };
    const members = [await joinGroup(backbone, options), await joinGroup(backbone, options)];
    const patience = { timeout: 60_000, interval: 20 };
    await eventually(() => expect(members.map((member) => member.owned().length)).toEqual([2, 2]), patience);
    await server.restart();
    const producer = await backbone.producer();
    await producer.send([0, 1, 2, 3].map((partition) => outgoing(topic, `p${partition}`, { partition })));
    await eventually(() => {
      const values = members.flatMap((member) =>
        [...member.records.values()].flat().map((record) => text(record.value)),
      );
      expect([...new Set(values)].sort()).toEqual(["p0", "p1", "p2", "p3"]);
    }, patience);
    await eventually(async () => {
      for (const member of members) {
        const positions = member.owned().map((name) => ({ topic, partition: Number(name.split("/")[1]), offset: 1 }));
        await member.group.commit(positions);
      }
      expect((await backbone.committed(options.groupId, [topic])).length).toBe(4);
    }, patience);
    await producer.close();
    await Promise.all(members.map((member) => member.close()));
  });

  test(
    "a member that closes while the broker is away is taken out by the next one, which need not wait for its session",
    { timeout: 900_000 },
    async () => {
      const SESSION_MS = 45_000;
      const patient = await create({ brokers: server.brokers, sessionTimeoutMs: SESSION_MS, deliveryTimeoutMs: 1_000 });
      const topic = await newTopic(patient);
      let memberId: string | undefined;
      const memory = { read: () => memberId, write: (id: string | undefined) => void (memberId = id) };
      const options = { groupId: `group-${topic}`, copartitioned: [[topic]], memory };
      const former = await joinGroup(patient, options);
      await eventually(() => expect(former.owned()).toHaveLength(1));
      const stopped = former.stop();
      await server.kill();
      await former.group.close();
      await stopped.catch(() => undefined);
      expect(memberId).toMatch(/./);
      await server.restart();
      const started = performance.now();
      const next = await eventually(() => joinGroup(patient, options), { timeout: 60_000 });
      await eventually(() => expect(next.owned()).toHaveLength(1), { timeout: SESSION_MS, interval: 20 });
      expect(performance.now() - started).toBeLessThan(SESSION_MS / 2);
      await next.close();
      expect(memberId).toBe(undefined);
      await patient.close();
    },
  );

  test(
    "a broker that stays away is a BACKBONE_UNAVAILABLE, and the same calls work when it is back",
    { timeout: 900_000 },
    async () => {
      const impatient = await create({ brokers: server.brokers, deliveryTimeoutMs: 1_000 });
      const topic = await newTopic(impatient);
      const producer = await impatient.producer();
      const reader = await impatient.reader([{ topic, partition: 0, offset: 0 }]);
      await producer.send([outgoing(topic, "before")]);
      await readCount(reader, 1);
      await server.kill();
      const unavailable = { code: "BACKBONE_UNAVAILABLE", flags: { retry: true } };
      await expect(producer.send([outgoing(topic, "lost")])).rejects.toMatchObject(unavailable);
      await expect(reader.poll(20_000)).rejects.toMatchObject(unavailable);
      await expect(impatient.offsets([topic])).rejects.toMatchObject(unavailable);
      await server.restart();
      await eventually(() => producer.send([outgoing(topic, "after")]), { timeout: 30_000 });
      await eventually(
        async () => {
          const fetches = await reader.poll(1_000);
          expect(fetches.flatMap((fetch) => fetch.records).map((record) => text(record.value))).toContain("after");
        },
        { timeout: 900_000 },
      );
      await reader.close();
      await producer.close();
      await impatient.close();
    },
  );
});
