import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Kafka, logLevel } from "kafkajs";
import { createPlatformaticBackbone } from "../../streams/index.ts";
import { makeAnew } from "../streams/runtime/counting-run.ts";
import { placeOn } from "../chaos/product.ts";
import { startKafka } from "../servers/kafka.ts";
import { startRegistry } from "../servers/registry.ts";
import { compressingProducer } from "./compressing-producer.ts";
import { LoopProcess } from "./loop-process.ts";
import { killed, startArgs, type Fault, type TorturePlace } from "./place.ts";
import { stateDamages } from "./state-damages.ts";
import { registryProxy, type RegistryMood } from "../servers/registry-proxy.ts";

/** The loop on a broker and a registry of its own, both of which can be taken away. */
export async function kafkaPlace(): Promise<TorturePlace> {
  const dir = mkdtempSync(join(tmpdir(), "loopstream-torture-"));
  const [kafka, registry] = await Promise.all([startKafka(), startRegistry()]);
  const proxy = await registryProxy(registry.url);
  const loop = new LoopProcess(["--brokers", kafka.brokers, "--registry", proxy.url, ...startArgs(dir)]);
  await loop.start();
  const producer = await compressingProducer(kafka.brokers);
  const inMood = (mood: RegistryMood): Fault => ({
    name: `registry ${mood}`,
    forMs: 5_000,
    mayEnd: false,
    async begin() {
      proxy.mood = mood;
    },
    async end() {
      proxy.mood = "well";
    },
  });
  const broker: Fault = {
    name: "broker away",
    forMs: 4_000,
    mayEnd: false,
    begin: () => kafka.kill(),
    end: () => kafka.restart(),
  };
  return {
    name: "kafka",
    loop,
    damages: stateDamages(join(dir, "data")),
    async makeAnew(topic, partitions) {
      const admin = new Kafka({ brokers: kafka.brokers.split(","), logLevel: logLevel.NOTHING }).admin();
      await admin.connect();
      await makeAnew(admin, topic, partitions);
      await admin.disconnect();
    },
    foreignIds: await registerForeign(registry.url),
    faults: [inMood("away"), broker, inMood("silent"), inMood("failing"), killed(loop)],
    sendCompressed: (records, random) => producer.send(records, random),
    open: async () => placeOn(await createPlatformaticBackbone({ brokers: kafka.brokers.split(",") }), registry.url),
    async close() {
      await loop.stop();
      await producer.close();
      await proxy.close();
      await registry.stop();
      await kafka.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

const FOREIGN = [
  { schemaType: "PROTOBUF", schema: 'syntax = "proto3"; message Request { string id = 1; }' },
  { schemaType: "JSON", schema: '{"type":"object","properties":{"id":{"type":"string"}}}' },
  { schemaType: "AVRO", schema: '"string"' },
  {
    schemaType: "AVRO",
    schema: '{"type":"record","name":"Other","fields":[{"name":"n","type":{"type":"array","items":"null"}}]}',
  },
  {
    schemaType: "AVRO",
    schema: '{"type":"record","name":"Refers","fields":[{"name":"o","type":"Other"}]}',
    references: [{ name: "Other", subject: "foreign-3", version: 1 }],
  },
];

async function registerForeign(url: string): Promise<readonly number[]> {
  const ids: number[] = [];
  for (const [index, body] of FOREIGN.entries()) {
    const response = await fetch(`${url}/subjects/foreign-${index}/versions`, {
      method: "POST",
      headers: { "content-type": "application/vnd.schemaregistry.v1+json" },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`the registry refused ${body.schemaType}: ${await response.text()}`);
    ids.push(((await response.json()) as { readonly id: number }).id);
  }
  return ids;
}
