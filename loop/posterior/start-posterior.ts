import { join } from "node:path";
import type { CompiledBlueprint, CompiledPosterior } from "../../blueprints/index.ts";
import { rowsTopic } from "../../rows/index.ts";
import { deadLetters } from "../../schemas/index.ts";
import {
  Application,
  ensureTopic,
  instanceIdIn,
  memberMemoryIn,
  type Outages,
  type Serdes,
} from "../../streams/index.ts";
import { posteriorTopology } from "../../topologies/index.ts";
import type { LoopOptions } from "../loop-options.ts";
import { stateEngineFor } from "../state-engine.ts";

export interface PosteriorOptions extends LoopOptions {
  readonly serdes: Serdes;
  readonly outages: Outages;
}

/** On brokers each commit is work for them, and a state is seconds old before it counts. */
const COMMIT_INTERVAL_MS = 500;

/**
 * Learns a posterior from the rows of a use case, from the first one that is retained on: a group of its own beside the
 * loop, exactly once. Nothing of it is on the way of a reply.
 */
export async function startPosterior(
  options: PosteriorOptions,
  compiled: CompiledBlueprint,
  posterior: CompiledPosterior,
): Promise<Application> {
  const { backbone, serdes, partitions, commitIntervalMs, maxTaskIdleMs, log, outages, onFailure, now } = options;
  // Rights that the loop has by its own name hold for it too.
  const id = `${options.id}-posterior-${compiled.blueprint.useCase}.${posterior.id}`;
  const stateDir = join(`${options.stateDir}-posteriors`, id);
  const topology = posteriorTopology(id, compiled, posterior);
  await ensureTopic(rowsTopic(compiled), backbone, serdes, partitions);
  const application = new Application({
    ...{ id, topology, backbone, serdes, deadLetters, partitions, maxTaskIdleMs, log, outages, onFailure, now },
    engine: stateEngineFor(topology, partitions, { ...options, stateDir }),
    delivery: "exactlyOnce",
    commitIntervalMs: commitIntervalMs === 0 ? 0 : COMMIT_INTERVAL_MS,
    instanceId: instanceIdIn(stateDir),
    memberMemory: memberMemoryIn(stateDir),
  });
  try {
    await application.start();
  } catch (error) {
    await application.close().catch(() => undefined);
    throw error;
  }
  return application;
}
