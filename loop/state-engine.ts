import { createLevelEngine, createRocksEngine, type StateEngine, type Topology } from "../streams/index.ts";

export type StateEngineName = "leveldb" | "rocksdb";

export interface StateEngineOptions {
  readonly stateDir: string;
  /** Default leveldb. Each engine has folders of its own: after a change, state is restored from the changelogs. */
  readonly stateEngine?: StateEngineName | undefined;
  /** Memory of LevelDB's caches and write buffers, of all tasks together. Default 64 MiB. */
  readonly stateMemoryBytes?: number | undefined;
  /** What event windows may take in memory, approximately; the largest groups move to the disk. Default 1 GiB. */
  readonly windowBytes?: number | undefined;
}

export const WINDOW_BYTES = 1024 << 20;

/** The globals and each stateful task have a database; one process may have them all. */
export function stateEngineFor(
  { subTopologies }: Topology,
  partitions: number,
  { stateDir, stateEngine, stateMemoryBytes }: StateEngineOptions,
): StateEngine {
  if (stateEngine === "rocksdb") return createRocksEngine(stateDir);
  const databases = 1 + partitions * subTopologies.filter(({ stateful }) => stateful).length;
  const memory = stateMemoryBytes === undefined ? {} : { memoryBytes: stateMemoryBytes };
  return createLevelEngine(stateDir, { databases, ...memory });
}
