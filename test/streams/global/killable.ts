import type { StateEngine } from "../../../streams/state/engine.ts";

/** What a process that is killed would still write is not written. */
export function killable(engine: StateEngine): StateEngine & { killed: boolean } {
  const made = {
    killed: false,
    async open(name: string) {
      const database = await engine.open(name);
      return {
        ...database,
        getMany: database.getMany.bind(database),
        range: database.range.bind(database),
        deleteRange: database.deleteRange.bind(database),
        write: async (changes: Parameters<typeof database.write>[0]) => {
          if (!made.killed) await database.write(changes);
        },
        close: async () => undefined,
      };
    },
    destroy: (name: string) => engine.destroy(name),
  };
  return made;
}
