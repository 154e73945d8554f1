/**
 * `npm run bench:embedded [-- --rounds N --seconds N --rate N]`: `getDecision` in the process that runs the loop, on the embedded log and on Kafka,
 * in turn; then the log's appends beside raw batches of the engine that keeps it.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { ClassicLevel } from "classic-level";
import { askedBlueprint } from "./asked-blueprint.ts";
import { createClient, type Client } from "../client/index.ts";
import { clock } from "../schemas/index.ts";
import {
  createConfluentRegistry,
  createEmbeddedBackbone,
  createPlatformaticBackbone,
  type Backbone,
  type SchemaRegistry,
} from "../streams/index.ts";
import { startKafka } from "../test/servers/kafka.ts";
import { startRegistry } from "../test/servers/registry.ts";
import { publishBlueprint, startLoop } from "../loop/index.ts";
import { interleaved, markdown, median, quantile, spread } from "./rounds.ts";
import { trainModel } from "../trainer/index.ts";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    seconds: { type: "string", default: "10" },
    rate: { type: "string", default: "500" },
  },
});
const [rounds, seconds, rate] = [Number(values.rounds), Number(values.seconds), Number(values.rate)];

const ROWS = 600;
const HOUR = 3_600_000;

interface Place {
  readonly name: string;
  readonly client: Client;
  close(): Promise<void>;
}

/** A loop with a model in production, and a client in the same process. */
async function openPlace(name: string, backbone: Backbone, registry: SchemaRegistry, dir: string): Promise<Place> {
  const embedded = backbone.kind === "embedded";
  const loop = await startLoop({
    ...{ id: "bench", backbone, registry, stateDir: join(dir, name), partitions: 4, delivery: "exactlyOnce" },
    ...{ commitIntervalMs: embedded ? 0 : 5, maxTaskIdleMs: 0, salt: "bench", codeVersion: "bench" },
  });
  await publishBlueprint(loop, askedBlueprint);
  await loop.application.idle();
  const client = createClient({ backbone, registry });
  const start = Date.now() - HOUR;
  for (let i = 0; i < ROWS; i++) {
    const x = (i * 7919) % 1_000;
    const plan = i % 3 === 0 ? "free" : "paid";
    const [decisionId, time] = [`row-${i}`, start + i];
    void client.getDecision("bench", { decisionId, unit: `u${i}`, context: { x, plan } }, { time, timeout: 30_000 });
    await client.logObservations(decisionId, { y: x > 500 ? 1 : 0 }, { time: time + 1 });
  }
  await loop.application.idle();
  const time = start + HOUR / 2;
  await loop.publisher.publish([{ topic: clock, key: "clock", value: { time }, time }] as never);
  await loop.application.idle();
  const trained = await trainModel(loop, { useCase: "bench", until: time });
  if (trained.kind !== "trained" || !trained.promoted)
    throw new Error(`no model: ${JSON.stringify(trained).slice(0, 500)}`);
  await loop.application.idle();
  return {
    name,
    client,
    async close() {
      await client.close();
      await loop.close();
    },
  };
}

/** Asks at a constant rate and waits for nothing; ms from the moment each was due to its answer. */
async function ask({ client }: Place, seconds: number): Promise<readonly number[]> {
  const total = rate * seconds;
  const started = performance.now();
  const times: number[] = [];
  const pending: Promise<void>[] = [];
  for (let asked = 0; asked < total;) {
    const due = started + (asked * 1_000) / rate;
    const wait = due - performance.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, Math.max(1, Math.floor(wait))));
    if (performance.now() < due) continue;
    const context = { x: (asked * 31) % 1_000, plan: "paid" };
    const answer = client.getDecision("bench", { unit: `u${asked % 5_000}`, context }, { timeout: 30_000 });
    pending.push(
      answer.then(({ modelId, reason }) => {
        if (modelId === null) throw new Error(`a decision without a model: ${reason}`);
        times.push(performance.now() - due);
      }),
    );
    asked++;
  }
  await Promise.all(pending);
  return times;
}

async function answers(dir: string): Promise<string> {
  const kafka = await startKafka();
  const registryServer = await startRegistry();
  const log = await createEmbeddedBackbone({ dir: join(dir, "log") });
  const brokers = await createPlatformaticBackbone({ brokers: kafka.brokers });
  const registry = createConfluentRegistry({ url: registryServer.url });
  const places = [
    await openPlace("kafka", brokers, registry, dir),
    await openPlace("embedded", log, log.registry, dir),
  ];
  const found = new Map(places.map((place) => [place, { p50: [] as number[], p99: [] as number[] }]));
  for (const place of places) await ask(place, Math.min(5, seconds));
  for (let round = 0; round < rounds; round++) {
    for (const place of round % 2 === 0 ? places : [...places].reverse()) {
      const times = await ask(place, seconds);
      found.get(place)!.p50.push(quantile(times, 0.5));
      found.get(place)!.p99.push(quantile(times, 0.99));
    }
  }
  const [kafkaTimes] = [found.get(places[0]!)!];
  const rows = [...found].map(([{ name }, { p50, p99 }]) => [
    name,
    spread(p50),
    spread(p99),
    spread(p50.map((ms, round) => ms / kafkaTimes.p50[round]!)),
    spread(p99.map((ms, round) => ms / kafkaTimes.p99[round]!)),
  ]);
  for (const place of places) await place.close();
  await brokers.close();
  await registry.close();
  await log.close();
  await registryServer.stop();
  await kafka.stop();
  return markdown([`getDecision at ${rate}/s`, "p50 ms", "p99 ms", "p50 to Kafka", "p99 to Kafka"], rows);
}

const CALL = 500;
const CALLS = 40;
const VALUE_BYTES = 200;

/** The same bytes as records of the log, and as plain batches of the engine below it. */
async function appends(dir: string): Promise<string> {
  const log = await createEmbeddedBackbone({ dir: join(dir, "appends") });
  await log.ensureTopics([{ name: "appended", partitions: 1, cleanup: "delete" }]);
  const producer = await log.producer();
  const raw = new ClassicLevel<Uint8Array, Uint8Array>(join(dir, "raw"), {
    keyEncoding: "view",
    valueEncoding: "view",
  });
  await raw.open();
  const value = Buffer.alloc(VALUE_BYTES, 7);
  const records = Array.from({ length: CALL }, (_, i) => ({
    ...{ topic: "appended", partition: 0, timestamp: i, key: Buffer.from(`unit-${i}`), value },
  }));
  let next = 0;
  const timings = await interleaved(
    [
      {
        name: "raw batches of the engine",
        async run() {
          for (let call = 0; call < CALLS; call++) {
            await raw.batch(
              records.map(() => {
                const key = Buffer.alloc(16);
                key.writeBigUInt64BE(BigInt(next++), 8);
                return { type: "put" as const, key, value };
              }),
            );
          }
        },
      },
      {
        name: "appends to the log",
        async run() {
          for (let call = 0; call < CALLS; call++) await producer.send(records);
        },
      },
    ],
    Math.max(7, rounds),
  );
  await producer.close();
  await log.close();
  await raw.close();
  const rows = timings.map(({ name, ms, ratios }) => [
    name,
    (((CALL * CALLS) / median(ms)) * 1_000).toFixed(0),
    spread(ratios.map((ratio) => 1 / ratio)),
  ]);
  return markdown([`${CALL} records of ${VALUE_BYTES} bytes a call`, "records/s", "to raw"], rows);
}

const dir = mkdtempSync(join(tmpdir(), "loopstream-bench-"));
try {
  console.log(await appends(dir));
  console.log(`\n${await answers(dir)}`);
} finally {
  rmSync(dir, { recursive: true, force: true });
}
