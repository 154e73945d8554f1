import { expect, test } from "vitest";
import { openProducers } from "../../../streams/runtime/commit/open-producers.ts";
import { TransactionalIds } from "../../../streams/runtime/commit/transactional-ids.ts";
import { kafkaSettings } from "../../../streams/backbones/kafka/cluster/options.ts";
import type { Cluster } from "../../../streams/backbones/kafka/cluster/wire.ts";
import { KafkaProducer } from "../../../streams/backbones/kafka/write/kafka-producer.ts";
import { StreamsError, type Backbone, type Producer } from "../../../streams/index.ts";
import { recordedLog } from "../recorded-log.ts";

const busy = Object.assign(new Error("busy"), {
  name: "KafkaJSProtocolError",
  type: "CONCURRENT_TRANSACTIONS",
  retriable: true,
});

/** A producer of a broker that is busy with its former transaction for so long, ms. */
function producerAfter(busyMs: number): KafkaProducer {
  const began = performance.now();
  const broker = {
    nodeId: 1,
    initProducerId: () =>
      performance.now() - began < busyMs
        ? Promise.reject(busy)
        : Promise.resolve({ producerId: "1", producerEpoch: 1 }),
  };
  const cluster = {
    findGroupCoordinator: () => Promise.resolve(broker),
    findBroker: () => Promise.resolve(broker),
    refreshMetadata: () => Promise.resolve(),
  };
  return new KafkaProducer({
    cluster: cluster as unknown as Cluster,
    directory: undefined as never,
    settings: kafkaSettings({ brokers: "127.0.0.1:1", transactionTimeoutMs: 600, deliveryTimeoutMs: 20_000 }),
    transactionalId: "id",
    memberOf: () => undefined,
  });
}

test("a transaction that ends within the time it has is waited for", async () => {
  await producerAfter(300).start();
});

test("one that does not end is an error of its own, not an outage of the brokers", async () => {
  const began = performance.now();
  await expect(producerAfter(60_000).start()).rejects.toMatchObject({
    code: "TRANSACTION_HELD",
    flags: { retry: true },
  });
  expect(performance.now() - began).toBeGreaterThan(600);
});

test("an id whose transaction is held is replaced by another at once, and by a third later; the others stay", async () => {
  const held = new Set(["loop-i-1", "loop-i-1-1"]);
  const asked: string[] = [];
  let closed = 0;
  const backbone: Pick<Backbone, "kind" | "fencesOffsets" | "producer"> = {
    kind: "kafka",
    fencesOffsets: true,
    producer: ({ transactionalId = "" } = {}) => {
      asked.push(transactionalId);
      if (held.has(transactionalId)) return Promise.reject(new StreamsError("TRANSACTION_HELD", transactionalId));
      return Promise.resolve({ close: () => Promise.resolve(void closed++) } as unknown as Producer);
    },
  };
  const { log, lines } = recordedLog();
  const ids = new TransactionalIds("loop-i", log);
  const open = (): ReturnType<typeof openProducers> => openProducers("exactlyOnce", "loop", ids, backbone as Backbone);
  await expect(open()).rejects.toMatchObject({ code: "TRANSACTION_HELD" });
  expect(closed).toBe(2);
  held.delete("loop-i-1-1");
  expect(await open()).toHaveLength(3);
  expect(asked.slice(-3).sort()).toEqual(["loop-i-0", "loop-i-1-1", "loop-i-2"]);
  held.add("loop-i-1-1");
  expect(await open()).toHaveLength(3);
  expect(asked.at(-1)).toBe("loop-i-1-2");
  expect(lines.map(({ fields }) => [fields["former"], fields["next"]])).toEqual([
    ["loop-i-1", "loop-i-1-1"],
    ["loop-i-1-1", "loop-i-1-2"],
  ]);
});
