import { ScorerCache } from "../../serving/index.ts";
import { deadLetters, decisionRequests, decisions, liveDecisions, observations } from "../../schemas/index.ts";
import type { ShadowSpan } from "../../catalogue/index.ts";
import { Application, ensureTopic, instanceIdIn, memberMemoryIn, Serdes } from "../../streams/index.ts";
import { decisionTopology } from "../../topologies/index.ts";
import type { BesideOptions, LoopOptions } from "../loop-options.ts";
import { stateEngineFor } from "../state-engine.ts";
import { beginAt } from "./first-positions.ts";
import { APPLICATION, shadowStateDir, shadowView, type VersionName } from "./shadow-place.ts";

export interface ShadowOptions extends BesideOptions, Pick<LoopOptions, "log" | "onFailure" | "now"> {
  /** Name of the live group. */
  readonly liveId: string;
  /** A folder for the state of this version and of others. */
  readonly dir: string;
  readonly of: VersionName;
  readonly span: ShadowSpan;
}

/** A version that is running in shadow. */
export interface Shadow {
  /** Resolves once everything on the topics is handled and committed, as far as the live group has decided. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

/** No product waits for its answers, and each commit is work for the brokers. */
const COMMIT_INTERVAL_MS = 1_000;
/**
 * The live decision of a request out of order may be written after the one in shadow. One that the live loop never makes
 * is waited for so long; event time in ms.
 */
export const LIVE_PATIENCE_MS = 3_600_000;

/**
 * Makes the decisions of a span by a version that is not live, and their rows with the live actions: beside the live
 * group, with the same operators, over the same topics. It reads on as far as the live group has decided. Nothing of it
 * is on the way of a reply.
 */
export async function startShadow(options: ShadowOptions): Promise<Shadow> {
  const { backbone, registry, liveId, of, span, salt, log, outages, onFailure, now } = options;
  const serdes = new Serdes(registry, options.subjectPrefix);
  const side = shadowView(backbone, of);
  const partitions = (await side.partitions(observations.name)) ?? options.partitions;
  await ensureTopic(decisions, side, serdes, partitions);
  await beginAt(side, span.from);
  const scorers = new ScorerCache(backbone, serdes);
  const stateDir = shadowStateDir(options.dir, of);
  const topology = decisionTopology({
    name: APPLICATION,
    scorers: (model) => scorers.get(model),
    salt,
    scope: { useCase: of.useCase, blueprintVersion: of.version, ...span },
    livePatienceMs: LIVE_PATIENCE_MS,
    statistics: false,
  });
  const application = new Application({
    id: APPLICATION,
    topology,
    backbone: side,
    serdes,
    engine: stateEngineFor(topology, partitions, { ...options, stateDir }),
    deadLetters,
    partitions,
    delivery: "exactlyOnce",
    commitIntervalMs: COMMIT_INTERVAL_MS,
    maxTaskIdleMs: 0,
    besideReplies: true,
    otherWriters: [
      {
        topic: liveDecisions.name,
        reads: [decisionRequests.name],
        committed: (topics) => backbone.committed(liveId, topics),
      },
    ],
    instanceId: instanceIdIn(stateDir),
    memberMemory: memberMemoryIn(stateDir),
    ...(options.windowBytes === undefined ? {} : { foldBytes: options.windowBytes }),
    ...{ log, outages, onFailure, now },
  });
  const close = async (): Promise<void> => {
    await application.close().finally(() => scorers.close());
  };
  try {
    await application.start();
  } catch (error) {
    await close().catch(() => undefined);
    throw error;
  }
  return { idle: () => application.idle(), close };
}
