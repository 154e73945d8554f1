import { rm } from "node:fs/promises";
import { join } from "node:path";
import { type Backbone, brokenPromise, createLevelEngine, repartition, type Repartitioned } from "../streams/index.ts";
import { decisionTopology } from "../topologies/index.ts";

export interface RepartitionLoopOptions {
  /** The loop's application id. */
  readonly id: string;
  readonly backbone: Backbone;
  /** Folder of the loop's local state. A folder in it holds the state during the move. */
  readonly stateDir: string;
  readonly partitions: number;
  readonly onProgress?: (changelog: string, movedKeys: number) => void;
}

/** Moves a stopped loop to another number of partitions: see `repartition`. May be killed at any time and run again. */
export async function repartitionLoop({ stateDir, ...options }: RepartitionLoopOptions): Promise<Repartitioned> {
  const dir = join(stateDir, "repartition");
  await rm(dir, { recursive: true, force: true });
  const topology = decisionTopology({ name: options.id, scorers: () => Promise.reject(nothingScored()), salt: "" });
  try {
    return await repartition({ ...options, topology, engine: createLevelEngine(dir) });
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

const nothingScored = (): Error => brokenPromise("no model is asked while partitions are moved");
