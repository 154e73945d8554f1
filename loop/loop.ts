import { blueprintTable, modelTable, validBlueprints } from "../catalogue/index.ts";
import { deadLetters, models, topics } from "../schemas/index.ts";
import {
  Application,
  ensureTopic,
  instanceIdIn,
  memberMemoryIn,
  createMetrics,
  Outages,
  Publisher,
  readTable,
  Serdes,
  silent,
  streamsLimits,
} from "../streams/index.ts";
import { fitInWorker, type TrainingTables, type TrainingTools } from "../trainer/index.ts";
import { ScorerCache } from "../serving/index.ts";
import { applyRetention } from "./apply-retention.ts";
import { buryUnreadable } from "./bury-unreadable.ts";
import { decisionTopology } from "../topologies/index.ts";
import { decisionSeries } from "./decision-series.ts";
import { KeyedWindows } from "./keyed/index.ts";
import { GroupSet } from "./groups/group-set.ts";
import { misfitReport } from "./misfit-report.ts";
import type { LoopOptions } from "./loop-options.ts";
import { WINDOW_BYTES, stateEngineFor } from "./state-engine.ts";

/** The running loop, with its tools for publishing, training and reading. */
export interface Loop extends Tools {
  readonly application: Application;
  /** A name of this process alone, the same after a restart. */
  readonly instanceId: string;
  readonly outages: Outages;
  readonly keyed: KeyedWindows;
  /** Resolves once everything on the topics is handled and committed, and the groups beside the loop have worked on the rows that came of it. */
  idle(): Promise<void>;
  close(options?: { readonly drain?: boolean }): Promise<void>;
}

/** The parts of the loop that a tool needs, without running operators. */
export interface Tools extends TrainingTools {
  close(): Promise<void>;
}

/** Opens the tools. Missing topics are made, so a tool may run before the first start. */
export async function openTools(
  options: Pick<LoopOptions, "backbone" | "registry" | "subjectPrefix" | "partitions" | "codeVersion"> & {
    readonly stateDir?: string | undefined;
  },
  tables?: TrainingTools["tables"],
): Promise<Tools> {
  const { backbone, registry, partitions, codeVersion } = options;
  const serdes = new Serdes(registry, options.subjectPrefix);
  for (const topic of topics) await ensureTopic(topic, backbone, serdes, partitions);
  const publisher = await Publisher.open(backbone, serdes, partitions);
  const scorers = new ScorerCache(backbone, serdes);
  const read = async (): Promise<TrainingTables> => ({
    blueprints: await readTable(backbone, serdes, blueprintTable),
    models: await readTable(backbone, serdes, models),
  });
  return {
    ...{ backbone, serdes, publisher, scorers, codeVersion },
    searches: options.stateDir === undefined ? undefined : `${options.stateDir}-searches`,
    keptRows: options.stateDir === undefined ? undefined : keptRowsIn(options.stateDir, codeVersion),
    fit: fitInWorker,
    tables: tables ?? read,
    lacking: new Map(),
    async close() {
      await publisher.close().finally(() => scorers.close());
    },
  };
}

const keptRowsIn = (stateDir: string, codeVersion: string): TrainingTools["keptRows"] => ({
  ...{ folder: `${stateDir}-rows`, mostBytes: streamsLimits.keptRowsBytes, codeVersion },
});

export async function startLoop(options: LoopOptions): Promise<Loop> {
  const { id, backbone, stateDir, partitions, delivery, commitIntervalMs, maxTaskIdleMs, salt } = options;
  const { log, metrics = createMetrics(), outages = new Outages(log, metrics) } = options;
  const instanceId = instanceIdIn(stateDir);
  const tools = await openTools(options, () =>
    Promise.resolve({ blueprints: application.global(blueprintTable), models: application.global(modelTable) }),
  );
  const keyed = new KeyedWindows({
    ...{ ...options, serdes: tools.serdes, outages, instanceId, application: () => application },
  });
  const topology = decisionTopology({
    name: id,
    far: keyed,
    scorers: (model) => tools.scorers.get(model),
    salt,
    tellMisfit: misfitReport(metrics, log),
    join: options.join,
    replyPrefix: options.replyPrefix,
    memoryEdges: options.memoryEdges,
  });
  const application: Application = new Application({
    id,
    topology,
    backbone,
    serdes: tools.serdes,
    engine: stateEngineFor(topology, partitions, options),
    deadLetters,
    partitions,
    delivery,
    commitIntervalMs,
    maxTaskIdleMs,
    instanceId,
    memberMemory: memberMemoryIn(stateDir),
    foldBytes: options.windowBytes ?? WINDOW_BYTES,
    standbyReplicas: options.standbyReplicas ?? 0,
    metrics,
    seriesOf: decisionSeries(metrics, (useCase) =>
      validBlueprints(application.global(blueprintTable)).useCases().includes(useCase),
    ),
    outages,
    log,
    now: options.now,
    onRestore: options.onRestore,
    onFailure: options.onFailure,
  });
  buryUnreadable(tools, {
    except: new Set(topology.globals.map(({ topic }) => topic.name)),
    metrics: application.metrics,
    log: options.log ?? silent,
  });
  try {
    await keyed.open();
    await application.start();
    await applyRetention(tools);
  } catch (error) {
    await application.close().catch(() => undefined);
    await keyed.close();
    await tools.close();
    throw error;
  }
  keyed.watch();
  const beside = new GroupSet({ ...options, serdes: tools.serdes, outages, loop: application });
  return {
    ...tools,
    application,
    instanceId,
    outages,
    keyed,
    async idle() {
      await application.idle();
      await beside.idle();
      // It has read what they have written.
      await application.idle();
    },
    async close(how = {}) {
      await beside.close();
      const closed = application.close(how);
      if (how.drain !== true) keyed.giveUp();
      await closed;
      await keyed.close();
      await tools.close();
    },
  };
}
