import { join } from "node:path";
import { expect } from "vitest";
import type { LogDatabase } from "../../../../streams/backbones/embedded/index.ts";
import { deadLetters } from "../../../../schemas/index.ts";
import {
  Application,
  createEmbeddedBackbone,
  createLevelEngine,
  defineOperator,
  defineTopic,
  defineTopology,
  jsonStore,
  Publisher,
  readTopic,
  Serdes,
  type Backbone,
  type EmbeddedBackbone,
  type GlobalFold,
  type StateEngine,
} from "../../../../streams/index.ts";

export const PARTITIONS = 2;
const schema = { type: "record", name: "N", fields: [{ name: "n", type: "int" }] } as const;
export const asked = defineTopic<{ n: number }>({ name: "asked", schema });
const answers = defineTopic<{ n: number }>({ name: "answers", schema });
export const facts = defineTopic<{ n: number }>({ name: "facts", schema });

/** Counts the facts by key. */
const countedFacts: GlobalFold<{ n: number }> = Object.freeze({
  kind: "fold",
  name: "counted-facts",
  topic: facts,
  tables: [],
  fold: ({ key }, bytes) => bytes.put(key, Buffer.from(String(Number(textOf(bytes.get(key))) + 1))),
} satisfies GlobalFold<{ n: number }>);
const textOf = (bytes: Uint8Array | undefined): string => (bytes === undefined ? "0" : Buffer.from(bytes).toString());

/** The n-th time that a key asks is answered by n: state that has seen too much, or too little, shows. */
const count = defineOperator({
  name: "count",
  in: { asked },
  out: { answers },
  state: { counted: jsonStore<number>() },
  globals: { countedFacts },
  handlers: {
    asked: (records, context) => {
      for (const from of records) {
        const n = (context.state.counted.get(from.key) ?? 0) + 1;
        context.state.counted.put(from.key, n);
        context.emit("answers", { key: from.key, value: { n }, time: from.time, from });
      }
    },
  },
});
const topology = defineTopology({ name: "count", operators: [count], globals: [countedFacts] });

export interface Run {
  readonly backbone: EmbeddedBackbone;
  readonly application: Application;
  readonly publisher: Publisher;
  readonly serdes: Serdes;
  readonly said: string[];
  /** What has ended the application, if anything. */
  readonly failures: unknown[];
}

/** An engine whose state lies beside the log, which is its changelog: as RocksDB does, and as LevelDB did. */
export const besideTheLog = (engine: StateEngine): StateEngine => ({
  open: (name) => engine.open(name),
  destroy: (name) => engine.destroy(name),
});

export async function start(
  dir: string,
  sync: "each" | "none" = "none",
  database?: (path: string) => LogDatabase,
  engineOf: (engine: StateEngine) => StateEngine = (engine) => engine,
): Promise<Run> {
  const said: string[] = [];
  const failures: unknown[] = [];
  const say = (_: object, line: string): void => void said.push(line);
  const log = { info: say, warn: say, error: say };
  const backbone = await createEmbeddedBackbone({ dir, sync, log, ...(database === undefined ? {} : { database }) });
  const serdes = new Serdes(backbone.registry);
  const application = new Application({
    id: "count",
    topology,
    backbone,
    serdes,
    engine: engineOf(createLevelEngine(join(dir, "state"))),
    deadLetters,
    partitions: PARTITIONS,
    delivery: "exactlyOnce",
    commitIntervalMs: 0,
    maxTaskIdleMs: 0,
    log,
    onFailure: (error) => failures.push(error),
  });
  await application.start();
  return {
    backbone,
    application,
    publisher: await Publisher.open(backbone, serdes, PARTITIONS),
    serdes,
    said,
    failures,
  };
}

export async function keysOf(
  backbone: Backbone,
  serdes: Serdes,
  topic: typeof asked,
): Promise<readonly { key: string; n: number }[]> {
  const found: { key: string; n: number }[] = [];
  for await (const { key, value } of readTopic(backbone, serdes, topic)) found.push({ key, n: value!.n });
  return found;
}

export const KEYS = ["a", "b", "c", "d", "e"];

/** What is on the log is answered, each time a key asked once and in turn, and the facts are counted. */
export async function check({ backbone, application, serdes }: Run, where: string): Promise<void> {
  await application.idle();
  const requests = Map.groupBy(await keysOf(backbone, serdes, asked), ({ key }) => key);
  const rows = Map.groupBy(await keysOf(backbone, serdes, answers), ({ key }) => key);
  for (const [key, all] of requests) {
    const expected = all.map((_, at) => at + 1);
    expect(
      (rows.get(key) ?? []).map(({ n }) => n),
      `${where}: answers to ${key}`,
    ).toEqual(expected);
  }
  expect([...rows.keys()].filter((key) => !requests.has(key))).toEqual([]);
  const counted = application.global<{ get(key: string): Uint8Array | undefined }>(countedFacts);
  const told = Map.groupBy(await keysOf(backbone, serdes, facts), ({ key }) => key);
  for (const key of KEYS) {
    expect(textOf(counted.get(key)), `${where}: facts of ${key}`).toBe(String(told.get(key)?.length ?? 0));
  }
}
