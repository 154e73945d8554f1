/**
 * `npm run bench:restore [-- --keys 1000000 --rounds 5 --partitions 4 --on kafka,embedded]`: an application with one counting operator starts without
 * local state and restores it from its changelog, beside a loop by hand that reads the same topic with the same reader and writes the same engine.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { deadLetters } from "../schemas/index.ts";
import {
  Application,
  createConfluentRegistry,
  createEmbeddedBackbone,
  createPlatformaticBackbone,
  createLevelEngine,
  defineOperator,
  defineTopic,
  defineTopology,
  jsonStore,
  Serdes,
  type Backbone,
  type OutgoingRecord,
  type SchemaRegistry,
} from "../streams/index.ts";
import { startKafka } from "../test/servers/kafka.ts";
import { startRegistry } from "../test/servers/registry.ts";
import { interleaved, markdown, median, spread } from "./rounds.ts";

const { values: flags } = parseArgs({
  options: {
    keys: { type: "string", default: "1000000" },
    rounds: { type: "string", default: "5" },
    partitions: { type: "string", default: "4" },
    on: { type: "string", default: "kafka,embedded" },
  },
});
const [keys, rounds, partitions] = [Number(flags.keys), Number(flags.rounds), Number(flags.partitions)];
/** The changelogs of the decision loop have between 30 bytes (a mark) and 600 (a pending decision). */
const VALUE_BYTES = 150;
const WRITTEN_AT_ONCE = 5_000;

const seen = defineTopic<{ n: number }>({
  name: "seen",
  schema: { type: "record", name: "Seen", fields: [{ name: "n", type: "int" }] },
});
const count = defineOperator({
  name: "count",
  in: { seen },
  out: {},
  state: { counted: jsonStore<number>() },
  globals: {},
  handlers: { seen: () => undefined },
});
const topology = defineTopology({ name: "restored", operators: [count] });
const { changelog } = topology.subTopologies[0]!;

interface Opened {
  readonly name: string;
  readonly backbone: Backbone;
  readonly registry: SchemaRegistry;
  close(): Promise<void>;
}

const dir = mkdtempSync(join(tmpdir(), "loopstream-restore-"));
let stores = 0;
const newDir = (): string => join(dir, `state-${++stores}`);

async function openKafka(): Promise<Opened> {
  const kafka = await startKafka();
  const server = await startRegistry();
  const backbone = await createPlatformaticBackbone({ brokers: kafka.brokers });
  const registry = createConfluentRegistry({ url: server.url });
  return {
    name: "Kafka",
    backbone,
    registry,
    async close() {
      await backbone.close();
      await registry.close();
      await server.stop();
      await kafka.stop();
    },
  };
}

async function openEmbedded(): Promise<Opened> {
  const backbone = await createEmbeddedBackbone({ dir: join(dir, "log") });
  return { name: "embedded log", backbone, registry: backbone.registry, close: () => backbone.close() };
}

/** Writes the changelog of an application that counts: a change a key, in commits of a thousand. */
async function writeChangelog(backbone: Backbone): Promise<void> {
  await backbone.ensureTopics([{ name: changelog, partitions, cleanup: "compact" }]);
  const producer = await backbone.producer();
  const value = Buffer.alloc(VALUE_BYTES, "0123456789abcdef");
  for (let from = 0; from < keys; from += WRITTEN_AT_ONCE) {
    const records: OutgoingRecord[] = [];
    for (let i = from; i < Math.min(keys, from + WRITTEN_AT_ONCE); i++) {
      const key = Buffer.from(`count.counted\0unit-${String(i).padStart(12, "0")}`);
      const own = Buffer.from(value);
      own.writeUInt32BE(i, 0);
      records.push({ topic: changelog, partition: i % partitions, timestamp: i, key, value: own });
    }
    await producer.send(records);
  }
  await producer.close();
}

async function restoreByApplication({ backbone, registry }: Opened, state: string): Promise<number> {
  const restored = new Map<string, number>();
  const engine = createLevelEngine(state);
  const application = new Application({
    id: "restored",
    topology,
    backbone,
    serdes: new Serdes(registry),
    // A copy, also of the embedded log, which could be the state itself.
    engine: { open: (name) => engine.open(name), destroy: (name) => engine.destroy(name) },
    deadLetters,
    partitions,
    delivery: "atLeastOnce",
    commitIntervalMs: 100,
    maxTaskIdleMs: 0,
    onRestore: ({ task, done }) => void restored.set(task, done),
  });
  await application.start();
  await application.idle();
  await application.close();
  return [...restored.values()].reduce((sum, done) => sum + done, 0);
}

async function restoreByHand({ backbone }: Opened, state: string): Promise<number> {
  let records = 0;
  const engine = createLevelEngine(state);
  for (const { partition, start, end } of await backbone.offsets([changelog])) {
    const database = await engine.open(`by-hand-${partition}`);
    const reader = await backbone.reader([{ topic: changelog, partition, offset: start }]);
    for (let next = start; next < end;) {
      for (const fetch of await reader.poll(1_000)) {
        await database.write(fetch.records.map(({ key, value }) => [Buffer.from(key!).toString(), value]));
        records += fetch.records.length;
        next = fetch.records.at(-1)!.offset + 1;
      }
    }
    await reader.close();
    await database.close();
  }
  return records;
}

try {
  for (const where of flags.on.split(",")) {
    const opened = where === "kafka" ? await openKafka() : await openEmbedded();
    await writeChangelog(opened.backbone);
    const checked = async (work: (opened: Opened, state: string) => Promise<number>): Promise<void> => {
      const state = newDir();
      const records = await work(opened, state);
      if (records < keys) throw new Error(`${records} of ${keys} records were restored`);
      rmSync(state, { recursive: true });
    };
    const [byHand, application] = await interleaved(
      [
        { name: "read and write by hand", run: () => checked(restoreByHand) },
        { name: "start of an application", run: () => checked(restoreByApplication) },
      ],
      rounds,
      1,
    );
    const speeds = (ms: readonly number[]): string => `${Math.round(keys / median(ms)).toLocaleString("en")} k/s`;
    const ratio = application!.ms.map((ms, round) => byHand!.ms[round]! / ms);
    console.log(
      `\n${opened.name}: ${keys.toLocaleString("en")} keys, values of ${VALUE_BYTES} bytes, ${partitions} partitions, ${rounds} rounds\n\n${markdown(
        ["", "seconds", "keys", "speed over by hand"],
        [
          [byHand!.name, spread(byHand!.ms.map((ms) => ms / 1_000)), speeds(byHand!.ms), "1"],
          [application!.name, spread(application!.ms.map((ms) => ms / 1_000)), speeds(application!.ms), spread(ratio)],
        ],
      )}`,
    );
    // The middle half of few rounds hides the slowest one.
    console.log(`\neach round, speed over by hand: ${ratio.map((value) => value.toFixed(2)).join(", ")}`);
    await opened.close();
  }
} finally {
  rmSync(dir, { recursive: true, force: true });
}
