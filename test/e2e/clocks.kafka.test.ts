import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { Kafka, logLevel } from "kafkajs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { clock, decisionRequests, observations } from "../../schemas/index.ts";
import { createConfluentRegistry, createKafkaBackbone, readRaw, Serdes, type Backbone } from "../../streams/index.ts";
import { startKafka } from "../servers/kafka.ts";
import { startRegistry } from "../servers/registry.ts";
import { openShop, type Shop } from "./clocks.ts";
import { temporaryDir } from "./command.ts";

const dir = temporaryDir();
let kafka: Awaited<ReturnType<typeof startKafka>>;
let schemas: Awaited<ReturnType<typeof startRegistry>>;
let backbone: Backbone;
let shop: Shop;

const YEAR_3000 = Date.UTC(3000, 0, 1);

beforeAll(async () => {
  [kafka, schemas] = await Promise.all([startKafka(), startRegistry()]);
  backbone = await createKafkaBackbone({ brokers: kafka.brokers.split(",") });
  // As an older build made it, with a record that moved everybody's time for ever.
  await backbone.ensureTopics([{ name: clock.name, partitions: 1, cleanup: "compact" }]);
  await foreign(clock.name, { time: YEAR_3000 }, YEAR_3000, "clock");
  const at = join(dir.path, "shop");
  mkdirSync(at);
  shop = openShop(["--brokers", kafka.brokers, "--registry", schemas.url, "--dir", at], at);
}, 900_000);
afterAll(async () => {
  await shop.stop();
  await backbone.close();
  await schemas.stop();
  await kafka.stop();
  dir.remove();
}, 900_000);

/** Written by another program, with whatever time. */
async function foreign(topic: string, value: object, time: number, key: string): Promise<void> {
  const registry = createConfluentRegistry({ url: schemas.url });
  const serdes = new Serdes(registry);
  const of = [clock, decisionRequests, observations].find(({ name }) => name === topic)!;
  await serdes.open(of);
  const producer = new Kafka({ brokers: kafka.brokers.split(","), logLevel: logLevel.NOTHING }).producer();
  await producer.connect();
  const message = { key, value: Buffer.from(serdes.encode(of as never, value as never)), timestamp: String(time) };
  await producer.send({ topic, messages: [message] });
  await producer.disconnect();
  await registry.close();
}

test(
  "kafka: neither a tick of the year 3000, nor foreign records of no time, nor an import close a live decision; ticks are stamped by the broker",
  { timeout: 900_000 },
  async () => {
    await shop.start();
    await shop.decide("live-1");
    const stray = { decisionId: "stray", useCase: "", observationId: "", values: { amount: 1 } };
    for (const time of [YEAR_3000, -1, -62_000_000_000_000, 1_795_725_000_000_000]) {
      await foreign(observations.name, stray, time, "stray");
    }
    await foreign(clock.name, { time: YEAR_3000 }, YEAR_3000, "clock");
    await shop.importHistory();
    await shop.stop();
    await shop.start();
    expect(await shop.observe("live-1")).toBe(0);
    await shop.decide("live-2");
    expect(await shop.observe("live-2")).toBe(0);
    expect(await shop.rowsOnce(2)).toEqual(["live-1 1", "live-2 1"]);
    const letters = await shop.letters();
    expect(letters.match(/BAD_TIME/g)).toHaveLength(3);
    expect(letters).toContain("AHEAD_OF_TIME");
    expect(letters).not.toContain("TOO_LATE");
    const stamps: number[] = [];
    for await (const records of readRaw(backbone, clock.name))
      stamps.push(...records.map(({ timestamp }) => timestamp));
    expect(Math.abs(stamps.at(-1)! - Date.now())).toBeLessThan(60_000);
    expect(stamps.filter((stamp) => stamp > Date.now() + 60_000).length).toBeLessThanOrEqual(1);
  },
);
