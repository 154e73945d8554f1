import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { blueprintTable, modelTable } from "../../catalogue/index.ts";
import { decide, enrich, eventWindows, tableContent, infer, posteriorStates } from "../../operators/index.ts";
import type { RecomputeSource } from "../../recompute/index.ts";
import {
  blueprints,
  deadLetters,
  decisionRequests,
  decisions,
  enriched,
  events,
  modelArtifacts,
  models,
  observations,
  scored,
  type DecisionRecorded,
  type ShareSubject,
} from "../../schemas/index.ts";
import {
  Application,
  createEmbeddedBackbone,
  createMemoryEngine,
  defineTopology,
  ensureTopic,
  Publisher,
  readTopic,
  Serdes,
  type EmbeddedBackbone,
} from "../../streams/index.ts";
import { ScorerCache, writeArtifact } from "../../serving/index.ts";
import { random } from "../blueprints/random.ts";
import { HOUR, inProduction, onnx, published, request, START } from "../operators/parcels.ts";

export const SALT = "salt";
const PARTITIONS = 3;

/** The parcels' decisions on a log of their own, with real models on the artifacts topic. */
export interface ParcelRun {
  readonly backbone: EmbeddedBackbone;
  readonly publisher: Publisher;
  readonly source: RecomputeSource;
  scan(time: number, minutes: number, depot?: string, key?: string): Promise<void>;
  ask(id: string, time: number, weight?: number, depot?: string): Promise<void>;
  model(modelId: string, since: number, file?: Uint8Array, share?: number, by?: ShareSubject): Promise<void>;
  blueprint(text: string, since: number): Promise<void>;
  /** Resolves when everything that was published has been handled. */
  idle(): Promise<void>;
  decisions(): Promise<readonly DecisionRecorded[]>;
  /** Stops the loop and opens the log anew: what compaction took away is then gone from memory too. */
  reopen(): Promise<RecomputeSource>;
  close(): Promise<void>;
}

export interface RunOptions {
  /** In place of the loop's own. */
  readonly enrich?: typeof enrich;
  /** In place of the loop's own. */
  readonly windows?: typeof eventWindows;
  /** Absent: exact, as history is run. */
  readonly live?: boolean;
}

export async function openRun(options: RunOptions = {}): Promise<ParcelRun> {
  const dir = await mkdtemp(join(tmpdir(), "loopstream-recompute-"));
  const backbone = await createEmbeddedBackbone({ dir });
  const serdes = new Serdes(backbone.registry);
  const cache = new ScorerCache(backbone, serdes);
  const application = new Application({
    id: "parcels",
    topology: defineTopology({
      name: "parcels",
      operators: [options.enrich ?? enrich, infer((model) => cache.get(model)), decide(SALT)],
      globals: [blueprintTable, modelTable, options.windows ?? eventWindows, tableContent, posteriorStates],
      memoryEdges: [enriched, scored],
    }),
    backbone,
    serdes,
    engine: createMemoryEngine(),
    deadLetters,
    partitions: PARTITIONS,
    delivery: "exactlyOnce",
    commitIntervalMs: 0,
    maxTaskIdleMs: options.live === true ? 0 : Number.POSITIVE_INFINITY,
  });
  for (const topic of [blueprints, models, modelArtifacts, observations, events]) {
    await ensureTopic(topic, backbone, serdes, PARTITIONS);
  }
  const publisher = await Publisher.open(backbone, serdes, PARTITIONS);
  await publisher.publish([{ topic: blueprints, ...published() }]);
  await application.start();
  const sourceOf = (log: EmbeddedBackbone): RecomputeSource => {
    const own = new Serdes(log.registry);
    const scorers = new ScorerCache(log, own);
    return { backbone: log, serdes: own, scorers: (model) => scorers.get(model), salt: SALT };
  };
  const stop = async (): Promise<void> => {
    await application.close();
    await publisher.close();
    await cache.close();
    await backbone.close();
  };
  let reopened: EmbeddedBackbone | undefined;
  return {
    backbone,
    publisher,
    source: sourceOf(backbone),
    async scan(time, minutes, depot = "north", key = depot) {
      const value = { kind: "scan", attributes: { depot, minutes } };
      await publisher.publish([{ topic: events, key, value, time }]);
    },
    async ask(id, time, weight = 5, depot = "north") {
      const value = request(id, { weight, carrier: "air", express: true, depot }, { unit: `unit-${id}` });
      await publisher.publish([{ topic: decisionRequests, key: id, value, time }]);
    },
    async model(modelId, since, file = onnx, share, by = "unit") {
      const artifact = await writeArtifact(backbone, publisher, file, since, {});
      const canary =
        share === undefined
          ? undefined
          : [{ state: "canary" as const, time: since, reason: "test", share, by, ladder: false }];
      const { key, value, time } = inProduction(modelId, since, canary);
      await publisher.publish([{ topic: models, key, value: { ...value, artifact }, time }]);
    },
    async blueprint(text, since) {
      await publisher.publish([{ topic: blueprints, ...published(text, since) }]);
    },
    idle: () => application.idle(),
    async decisions() {
      const made: DecisionRecorded[] = [];
      for await (const { value } of readTopic(backbone, serdes, decisions)) made.push(value);
      return made.sort((a, b) => a.decisionTime - b.decisionTime);
    },
    async reopen() {
      await stop();
      return sourceOf((reopened = await createEmbeddedBackbone({ dir })));
    },
    async close() {
      await (reopened === undefined ? stop() : reopened.close());
      await rm(dir, { recursive: true });
    },
  };
}

/** A day of scans in three depots and of requests in two of them, light and heavy; the same every time. */
export async function aDay(run: ParcelRun, requests = 120): Promise<void> {
  const next = random(11);
  const depots = ["north", "south", "east"];
  const minute = (): number => START + Math.floor(next() * 24 * 60) * 60_000;
  const pick = (from: readonly string[]): string => from[Math.floor(next() * from.length)]!;
  for (let i = 0; i < 300; i++) {
    await run.scan(minute(), Math.floor(next() * 600) / 7, pick(depots), `scanner-${i % 7}`);
  }
  for (let i = 0; i < requests; i++) {
    await run.ask(`d${String(i).padStart(3, "0")}`, minute() + HOUR, next() * 20, pick(depots.slice(0, 2)));
  }
  await run.idle();
}
