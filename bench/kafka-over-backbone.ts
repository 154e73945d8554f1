import type { Backbone, OutgoingRecord, Reader } from "../streams/index.ts";
import { CALL, PARTITIONS, TRANSACTION, payload, type Contender } from "./kafka-contender.ts";

/** One of our two adapters, as the runtime uses it. */
export function overBackbone(name: string, backbone: Backbone): Contender {
  const groups = new Map<string, Promise<string>>();
  const leaving: (() => Promise<void>)[] = [];

  /** One member of a group of the topic that polls in the background. Resolves to the group's name once it has the partition. */
  async function join(topic: string): Promise<string> {
    const groupId = `bench-${name}-${topic}`;
    const { promise: owned, resolve } = Promise.withResolvers<void>();
    const listener = {
      assigned: () => {
        resolve();
        return Promise.resolve([]);
      },
      revoked: () => Promise.resolve(),
    };
    const group = await backbone.group({ groupId, copartitioned: [[topic]], listener });
    let polling = true;
    const polled = (async () => {
      while (polling) await group.poll(1_000);
    })();
    leaving.push(async () => {
      polling = false;
      await polled;
      await group.close();
    });
    await owned;
    return groupId;
  }

  return {
    name,
    async produce(topic, records) {
      const producer = await backbone.producer();
      const calls = Array.from({ length: records / CALL }, () => recordsFor(topic, CALL));
      await producer.send(recordsFor(topic, PARTITIONS));
      return {
        async run() {
          for (const call of calls) await producer.send(call);
        },
        end: () => producer.close(),
      };
    },

    async consume(topic, records) {
      const reader = await backbone.reader(startsOf(topic));
      return {
        async run() {
          for (let seen = 0; seen < records;) {
            for (const fetch of await reader.poll(1_000)) seen += fetch.records.length;
          }
        },
        end: () => reader.close(),
      };
    },

    async transactions(topic, input, transactions) {
      let group = groups.get(input);
      if (group === undefined) groups.set(input, (group = join(input)));
      const groupId = await group;
      const producer = await backbone.producer({ transactionalId: `bench-${name}` });
      const records = recordsFor(topic, TRANSACTION);
      return {
        async run() {
          for (let i = 0; i < transactions; i++) {
            const transaction = await producer.begin();
            await Promise.all([
              transaction.send(records),
              transaction.sendOffsets(groupId, [{ topic: input, partition: 0, offset: 1 }]),
            ]);
            await transaction.commit();
          }
        },
        end: () => producer.close(),
      };
    },

    async hops(requests, replies, rounds) {
      const producers = [await backbone.producer(), await backbone.producer()] as const;
      const ends = await backbone.offsets([requests, replies]);
      const readerAt = (topic: string): Promise<Reader> =>
        backbone.reader(ends.filter((at) => at.topic === topic).map((at) => ({ ...at, offset: at.end })));
      const readers = [await readerAt(requests), await readerAt(replies)] as const;
      let answering = true;
      const answered = (async () => {
        while (answering) {
          const fetches = await readers[0].poll(1_000);
          for (const fetch of fetches) for (const _ of fetch.records) await producers[1].send([recordFor(replies, 0)]);
        }
      })();
      return {
        async run() {
          const times: number[] = [];
          for (let round = 0; round < rounds; round++) {
            const started = performance.now();
            await producers[0].send([recordFor(requests, 0)]);
            while ((await readers[1].poll(1_000)).length === 0);
            times.push(performance.now() - started);
          }
          return times;
        },
        async end() {
          answering = false;
          await answered;
          await Promise.all([...readers, ...producers].map((each) => each.close()));
        },
      };
    },

    async close() {
      for (const leave of leaving) await leave();
      await backbone.close();
    },
  };
}

function recordFor(topic: string, partition: number): OutgoingRecord {
  return { topic, partition, timestamp: Date.now(), ...payload };
}

function recordsFor(topic: string, count: number): OutgoingRecord[] {
  return Array.from({ length: count }, (_, i) => recordFor(topic, i % PARTITIONS));
}

function startsOf(topic: string): { topic: string; partition: number; offset: number }[] {
  return Array.from({ length: PARTITIONS }, (_, partition) => ({ topic, partition, offset: 0 }));
}
