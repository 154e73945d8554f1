import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { createClient } from "../../../../client/index.ts";
import { decisionRequests, deadLetters } from "../../../../schemas/index.ts";
import type { Backbone } from "../../../../streams/backbone/backbone.ts";
import { createConfluentRegistry, prefixed, readTopic } from "../../../../streams/index.ts";
import { batchHeaderBytes } from "../../../../streams/backbones/kafka/records/batch-encode.ts";
import { openCluster } from "../../../../streams/backbones/kafka/cluster/client.ts";
import { crc32c } from "../../../../streams/leveldb/crc32c.ts";
import { createKafkaBackbone } from "../../../../streams/backbones/kafka/index.ts";
import { kafkaSettings } from "../../../../streams/backbones/kafka/cluster/options.ts";
import { produce } from "../../../../streams/backbones/kafka/requests/produce-request.ts";
import type { Cluster } from "../../../../streams/backbones/kafka/cluster/wire.ts";
import { streamsLimits } from "../../../../streams/limits.ts";
import { createPlatformaticBackbone } from "../../../../streams/backbones/platformatic/index.ts";
import { publishBlueprint, startLoop } from "../../../../loop/index.ts";
import { newTopic, readAll, text } from "../backbone-harness.ts";
import { encodeBatch } from "./encode-batch.ts";
import { eventually } from "../../../eventually.ts";

const PARCELS = `useCase: parcels
decisionSpace: boolean
context: { weight: number }
features: [weight]
label: { name: late, when: kind == "arrival", value: delay >= 10, wait: 2h }
observations: { kind: category, delay: number }
policy: { decide: late > 0.5 }
join: { ttl: 6h }
`;
const brokers = inject("brokers");
const open = { kafkajs: createKafkaBackbone, platformatic: createPlatformaticBackbone };
let backbone: Backbone;
let cluster: Cluster;
beforeAll(async () => {
  backbone = await createKafkaBackbone({ brokers });
  cluster = await openCluster(kafkaSettings({ brokers }));
});
afterAll(async () => {
  await cluster.disconnect();
  await backbone.close();
});

/** Writes a batch as it is. */
async function produceRaw(topic: string, batch: Buffer): Promise<void> {
  await cluster.addMultipleTargetTopics([topic]);
  await cluster.refreshMetadata();
  const { leader } = cluster.findTopicPartitionMetadata(topic).find(({ partitionId }) => partitionId === 0)!;
  await produce(await cluster.findBroker({ nodeId: leader }), undefined, [{ topic, partition: 0, batch }], 10_000);
}

/** The batches in a run, each on its own, as a producer sends them. */
function batchesIn(run: Buffer): readonly Buffer[] {
  const batches: Buffer[] = [];
  for (let at = 0; at < run.length;) {
    const end = at + 12 + run.readInt32BE(at + 8);
    const batch = Buffer.from(run.subarray(at, end));
    batch.writeBigInt64BE(0n, 0);
    batches.push(batch);
    at = end;
  }
  return batches;
}

/** A good batch of one record that is more than a reader takes, in a few kilobytes. */
function bomb(): Buffer {
  const writer = { producerId: "-1", producerEpoch: -1, firstSequence: -1, transactional: false };
  const value = Buffer.alloc(streamsLimits.batchBytes + 1);
  const plain = encodeBatch(
    [{ topic: "t", partition: 0, timestamp: Date.now(), key: Buffer.from("k"), value }],
    writer,
  );
  const batch = Buffer.concat([plain.subarray(0, batchHeaderBytes), gzipSync(plain.subarray(batchHeaderBytes))]);
  batch.writeInt32BE(batch.length - 12, 8);
  batch.writeInt16BE(1, 21);
  batch.writeUInt32BE(crc32c(batch, 21, batch.length), 17);
  return batch;
}

test.each(["kafkajs", "platformatic"] as const)(
  "what any producer wrote in any compression is read over %s",
  async (client) => {
    const foreign = JSON.parse(await readFile(join(import.meta.dirname, "foreign-batches.json"), "utf8")) as {
      readonly batch: string;
    }[];
    const reading = await open[client]({ brokers });
    const topic = await newTopic(backbone);
    for (const { batch } of foreign)
      for (const each of batchesIn(Buffer.from(batch, "base64"))) await produceRaw(topic, each);
    const [records] = (await readAll(reading, topic)).values();
    const expected = foreign.flatMap(() => [0, 1, 2].map((i) => [`k${i}`, `value ${i} `.repeat(20)]));
    expect(records!.map(({ key, value }) => [text(key), text(value)])).toEqual(expected);
    await reading.close();
  },
);

test("a batch that can't be read is a dead letter with its offsets, and the loop goes on behind it, also after a restart", async () => {
  const prefix = `poison-${process.pid}-`;
  const own = prefixed(await createPlatformaticBackbone({ brokers }), prefix);
  const registry = createConfluentRegistry({ url: inject("registry") });
  const stateDir = await mkdtemp(join(tmpdir(), "loopstream-batches-"));
  const start = () =>
    startLoop({
      id: "x",
      backbone: own,
      registry,
      subjectPrefix: prefix,
      stateDir,
      partitions: 1,
      delivery: "exactlyOnce",
      commitIntervalMs: 5,
      maxTaskIdleMs: 0,
      salt: "x",
      codeVersion: "test",
    });
  let loop = await start();
  const client = createClient({ backbone: own, registry, subjectPrefix: prefix });
  const ask = (decisionId: string) =>
    client.getDecision("parcels", { decisionId, unit: "u", context: { weight: 1 } }, { timeout: 20_000 });
  try {
    await publishBlueprint(loop, PARCELS, 0);
    expect(await ask("before")).toMatchObject({ reason: "noModel" });
    await produceRaw(prefix + decisionRequests.name, bomb());
    expect(await ask("behind")).toMatchObject({ reason: "noModel" });
    // Behind the blueprint and the markers of the transactions it was written in.
    const [blueprints] = await own.ranges(["blueprints"]);
    await produceRaw(`${prefix}blueprints`, bomb());
    await loop.close();
    loop = await start();
    expect(await ask("again")).toMatchObject({ reason: "noModel" });
    await eventually(
      async () => {
        const letters: string[] = [];
        for await (const { key, value } of readTopic(own, loop.serdes, deadLetters))
          letters.push(`${key} ${value.code}`);
        expect(letters).toContain(`${decisionRequests.name}/0/1 UNREADABLE_BATCH`);
        expect(letters).toContain(`blueprints/0/${blueprints!.end} UNREADABLE_BATCH`);
      },
      { timeout: 10_000, interval: 200 },
    );
  } finally {
    await client.close();
    await loop.close();
    await own.close();
    await registry.close();
    await rm(stateDir, { recursive: true });
  }
}, 900_000);
