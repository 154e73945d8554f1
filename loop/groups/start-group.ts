import { join } from "node:path";
import { rowsTopic } from "../../rows/index.ts";
import { deadLetters } from "../../schemas/index.ts";
import {
  Application,
  ensureTopic,
  instanceIdIn,
  memberMemoryIn,
  metricsBeside,
  type Outages,
  type Serdes,
} from "../../streams/index.ts";
import type { LoopOptions } from "../loop-options.ts";
import { stateEngineFor } from "../state-engine.ts";
import type { GroupNow } from "./groups-now.ts";

export interface GroupOptions extends LoopOptions {
  readonly serdes: Serdes;
  readonly outages: Outages;
  /** Answers decisions in this process. */
  readonly loop: Application;
}

/** On brokers each commit is work for them, and a state is seconds old before it counts. */
const COMMIT_INTERVAL_MS = 500;

/** Records that wait for spare time wait on the log rather than in memory. */
const LATE_QUEUE_BYTES = 4 * 1024 * 1024;

/**
 * Works on the rows of a use case, from the first one that is retained on: a group of its own beside the loop, exactly
 * once. Nothing of it is on the way of a reply.
 */
export async function startGroup(
  options: GroupOptions,
  { name, kind, compiled, mayBeLate, ...group }: GroupNow,
): Promise<Application> {
  const { backbone, serdes, partitions, commitIntervalMs, maxTaskIdleMs, log, outages, loop, onFailure, now } = options;
  // Rights that the loop has by its own name hold for it too.
  const id = `${options.id}-${name}`;
  const stateDir = join(`${options.stateDir}-${kind}`, id);
  const topology = group.topology(id);
  await ensureTopic(rowsTopic(compiled), backbone, serdes, partitions);
  const application = new Application({
    ...{ id, topology, backbone, serdes, deadLetters, partitions, maxTaskIdleMs, log, outages, onFailure, now },
    engine: stateEngineFor(topology, partitions, { ...options, stateDir }),
    delivery: "exactlyOnce",
    commitIntervalMs: commitIntervalMs === 0 ? 0 : COMMIT_INTERVAL_MS,
    instanceId: instanceIdIn(stateDir),
    memberMemory: memberMemoryIn(stateDir),
    metrics: metricsBeside(loop.metrics),
    ...(mayBeLate ? { yieldsTo: loop, maxQueuedBytes: LATE_QUEUE_BYTES } : {}),
  });
  try {
    await application.start();
  } catch (error) {
    await application.close().catch(() => undefined);
    throw error;
  }
  return application;
}
