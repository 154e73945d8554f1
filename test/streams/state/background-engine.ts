import { createMemoryEngine } from "../../../streams/state/memory-engine.ts";
import type { StateEngine } from "../../../streams/state/engine.ts";

/** State in memory, of an engine that can only read in the background: what a handler reads must have been loaded. */
export function backgroundEngine(): StateEngine {
  const engine = createMemoryEngine();
  return {
    async open(name) {
      const database = await engine.open(name);
      return {
        getMany: (keys) => database.getMany(keys),
        write: (changes) => database.write(changes),
        range: (from, to, limit) => database.range(from, to, limit),
        deleteRange: (from, to) => database.deleteRange(from, to),
        close: () => database.close(),
      };
    },
    destroy: (name) => engine.destroy(name),
  };
}
