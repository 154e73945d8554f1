import { Consumer, Producer, type Message, type MessageToProduce, type MessagesStream } from "@platformatic/kafka";
import { CALL, PARTITIONS, TRANSACTION, payload, type Contender } from "./kafka-contender.ts";

type Bytes = Buffer;
type Stream = MessagesStream<Bytes, Bytes, Bytes, Bytes>;

const ALL_REPLICAS = -1;
const READ_COMMITTED = 1;
let ids = 0;

/**
 * @platformatic/kafka's own producer, transactions and consumer streams, with its settings unless they are about
 * latency.
 */
export function plainPlatformatic(brokers: string): Contender {
  // With the default of three retries and a short delay, a join to a broker that has no groups yet fails.
  const common = { bootstrapBrokers: brokers.split(","), clientId: "bench", retryDelay: 5, retries: 1_000 };
  const producerOf = (transactionalId?: string): Producer =>
    new Producer({
      ...common,
      idempotent: true,
      acks: ALL_REPLICAS,
      ...(transactionalId === undefined ? {} : { transactionalId }),
    });
  const consumerOf = (): Consumer =>
    new Consumer({ ...common, groupId: `bench-plain-${process.pid}-${++ids}`, autocommit: false });
  const streamOf = (consumer: Consumer, topic: string, mode: "earliest" | "latest"): Promise<Stream> =>
    consumer.consume({
      topics: [topic],
      mode,
      isolationLevel: READ_COMMITTED,
      maxWaitTime: 100,
      maxBytes: 10 << 20,
    });
  const member = consumerOf();
  let first: Promise<Message> | undefined;

  async function firstMessage(input: string): Promise<Message> {
    const stream = await streamOf(member, input, "earliest");
    return new Promise((resolve) => stream.once("data", resolve));
  }

  return {
    name: "@platformatic/kafka, plain",
    async produce(topic, records) {
      const producer = producerOf();
      const calls = Array.from({ length: records / CALL }, () => messagesFor(topic, CALL));
      await producer.send({ messages: messagesFor(topic, PARTITIONS) });
      return {
        async run() {
          for (const messages of calls) await producer.send({ messages });
        },
        end: () => producer.close(),
      };
    },

    async consume(topic, records) {
      const consumer = consumerOf();
      const stream = await streamOf(consumer, topic, "earliest");
      return {
        async run() {
          let seen = 0;
          for await (const _ of stream) if (++seen === records) break;
        },
        end: () => consumer.close(true),
      };
    },

    async transactions(topic, input, transactions) {
      const read = await (first ??= firstMessage(input));
      // A new id each time: version 2.12 asks to go on as producer 0, so a producer that takes over an id is refused as
      // fenced.
      const producer = producerOf(`bench-plain-${process.pid}-${++ids}`);
      const messages = messagesFor(topic, TRANSACTION);
      return {
        async run() {
          for (let i = 0; i < transactions; i++) {
            const transaction = await producer.beginTransaction();
            await transaction.send({ messages });
            await transaction.addConsumer(member);
            await transaction.addOffset(read);
            await transaction.commit();
          }
        },
        end: () => producer.close(),
      };
    },

    async hops(requests, replies, rounds) {
      const producers = [producerOf(), producerOf()] as const;
      const consumers = [consumerOf(), consumerOf()] as const;
      const asked = await streamOf(consumers[0], requests, "latest");
      const answers = await streamOf(consumers[1], replies, "latest");
      let arrived = (): void => undefined;
      asked.on("data", () => void producers[1].send({ messages: [messageFor(replies, 0)] }));
      answers.on("data", () => arrived());
      return {
        async run() {
          const times: number[] = [];
          for (let round = 0; round < rounds; round++) {
            const started = performance.now();
            const answer = new Promise<void>((resolve) => (arrived = resolve));
            await producers[0].send({ messages: [messageFor(requests, 0)] });
            await answer;
            times.push(performance.now() - started);
          }
          return times;
        },
        async end() {
          await Promise.all(consumers.map((consumer) => consumer.close(true)));
          await Promise.all(producers.map((producer) => producer.close()));
        },
      };
    },

    close: () => member.close(true),
  };
}

function messageFor(topic: string, partition: number): MessageToProduce {
  return { topic, partition, timestamp: BigInt(Date.now()), ...payload };
}

function messagesFor(topic: string, count: number): MessageToProduce[] {
  return Array.from({ length: count }, (_, i) => messageFor(topic, i % PARTITIONS));
}
