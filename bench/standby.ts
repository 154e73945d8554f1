/**
 * `npm run bench:standby [-- --keys 1000000 --rounds 3]`: one task with so many keys of state changes hands on Kafka, to a process that has kept its state as a
 * standby, and to one that has nothing, in turn. Both times are from the moment the owner is told to leave until the task runs again.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { deadLetters } from "../schemas/index.ts";
import {
  Application,
  createConfluentRegistry,
  createPlatformaticBackbone,
  createLevelEngine,
  defineOperator,
  defineTopic,
  defineTopology,
  Publisher,
  Serdes,
} from "../streams/index.ts";
import { startKafka } from "../test/servers/kafka.ts";
import { startRegistry } from "../test/servers/registry.ts";
import { markdown, median, spread } from "./rounds.ts";

const { values: flags } = parseArgs({
  options: { keys: { type: "string", default: "1000000" }, rounds: { type: "string", default: "3" } },
});
const [keys, rounds] = [Number(flags.keys), Number(flags.rounds)];
const VALUE_BYTES = 150;
const AT_ONCE = 5_000;

const seen = defineTopic<{ n: number }>({
  name: "seen",
  schema: { type: "record", name: "Seen", fields: [{ name: "n", type: "int" }] },
  partitions: 1,
});
const bytes = { encode: (value: Uint8Array) => value, decode: (stored: Uint8Array) => stored };
const keep = defineOperator({
  name: "keep",
  in: { seen },
  out: {},
  state: { kept: bytes },
  globals: {},
  handlers: {
    seen(records, context) {
      for (const { key, value } of records) context.state.kept.put(key, Buffer.alloc(VALUE_BYTES, `${value.n}.`));
    },
  },
});
const topology = defineTopology({ name: "taken-over", operators: [keep] });

const dir = mkdtempSync(join(tmpdir(), "loopstream-standby-"));
const kafka = await startKafka();
const server = await startRegistry();
const registry = createConfluentRegistry({ url: server.url });
let instances = 0;

interface Instance {
  readonly application: Application;
  running(): Promise<boolean>;
  /** Changelog records applied so far. */
  applied(): Promise<number>;
  close(): Promise<void>;
}

async function start(): Promise<Instance> {
  const backbone = await createPlatformaticBackbone({ brokers: kafka.brokers });
  const application = new Application({
    ...{ id: "taken-over", topology, backbone, serdes: new Serdes(registry), deadLetters, partitions: 1 },
    ...{ engine: createLevelEngine(join(dir, `state-${++instances}`)), standbyReplicas: 1 },
    ...{ delivery: "exactlyOnce", commitIntervalMs: 100, maxTaskIdleMs: 0 },
  });
  await application.start();
  const sum = (values: readonly { readonly value: number }[]): number =>
    values.reduce((total, { value }) => total + value, 0);
  return {
    application,
    running: async () => sum((await application.metrics.tasks.get()).values) === 1,
    applied: async () => sum((await application.metrics.restored.get()).values),
    async close() {
      await application.close();
      await backbone.close();
    },
  };
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** Milliseconds until the other one runs the task. */
async function handOver(from: Instance, to: Instance): Promise<number> {
  const started = performance.now();
  const leaving = from.close();
  await until(() => to.running());
  const ms = performance.now() - started;
  await leaving;
  return ms;
}

try {
  let owner = await start();
  await until(() => owner.running());
  const backbone = await createPlatformaticBackbone({ brokers: kafka.brokers });
  const publisher = await Publisher.open(backbone, new Serdes(registry), 1);
  for (let from = 0; from < keys; from += AT_ONCE) {
    const records = Array.from({ length: Math.min(AT_ONCE, keys - from) }, (_, i) => ({
      ...{ topic: seen, key: `unit-${String(from + i).padStart(12, "0")}`, value: { n: from + i }, time: from + i },
    }));
    await publisher.publish(records as never);
  }
  await owner.application.idle();
  const [warm, cold]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round++) {
    const standby = await start();
    await until(async () => (await standby.applied()) >= keys);
    warm.push(await handOver(owner, standby));
    // It joins and leaves at once in one: no time to keep anything.
    const leaving = standby.close();
    const started = performance.now();
    owner = await start();
    await until(() => owner.running());
    cold.push(performance.now() - started);
    await leaving;
    console.error(`round ${round + 1} of ${rounds}: ${warm.at(-1)!.toFixed(0)} and ${cold.at(-1)!.toFixed(0)} ms`);
  }
  console.log(
    markdown(
      [`${keys} keys`, "ms until the task runs", "to a full restore"],
      [
        ["taken over by a standby", median(warm).toFixed(0), spread(warm.map((ms, round) => ms / cold[round]!))],
        ["restored from the changelog", median(cold).toFixed(0), "1.00"],
      ],
    ),
  );
  await owner.close();
  await publisher.close();
  await backbone.close();
} finally {
  await registry.close();
  await server.stop();
  await kafka.stop();
  rmSync(dir, { recursive: true, force: true });
}
