import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stateMemoryOf, WINDOW_BYTES, type Settings } from "../../../loop/index.ts";
import type { CostOptions } from "../../../recompute/index.ts";
import { createLevelEngine, createRocksEngine } from "../../../streams/index.ts";

/** Work with a place for windows in the folder for temporary files (TMPDIR), of the settings' engine and memory. */
export async function withCostStore<T>(
  settings: Settings,
  work: (store: CostOptions["store"]) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "loopstream-cost-"));
  const { stateMemoryBytes: memoryBytes, windowBytes } = stateMemoryOf(settings);
  try {
    return await work({
      memoryBytes: windowBytes ?? WINDOW_BYTES,
      engine: () =>
        settings.stateEngine === "rocksdb"
          ? createRocksEngine(folder)
          : createLevelEngine(folder, memoryBytes === undefined ? {} : { memoryBytes }),
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
