import { join } from "node:path";
import { expect, test } from "vitest";
import { createEmbeddedBackbone, type Backbone } from "../../../streams/index.ts";
import { TableState } from "../../../streams/state/table-state.ts";
import { timerKey } from "../../../streams/state/timer-keys.ts";
import { ValueCache } from "../../../streams/state/value-cache.ts";
import { newDir } from "../backbones/local/new-dir.ts";

const CHANGELOG = "count-changelog";
const at = { topic: CHANGELOG, partition: 0 };

/** A table whose reads of the log are counted. */
async function countedTable(backbone: Backbone) {
  const table = await backbone.table!(at);
  const read: string[] = [];
  return {
    read,
    table: {
      generation: table.generation,
      range: (from: string, to: string, limit?: number) => table.range(from, to, limit),
      get: (key: string) => (read.push(key), table.get(key)),
      getMany: (keys: readonly string[]) => (read.push(...keys), table.getMany(keys)),
    },
  };
}

test("a value that was written is not read from the log again, and a deleted one is gone", async () => {
  const { path, remove } = await newDir();
  const backbone = await createEmbeddedBackbone({ dir: join(path, "log") });
  await backbone.ensureTopics([{ name: CHANGELOG, partitions: 1, cleanup: "compact" }]);
  const { table, read } = await countedTable(backbone);
  const state = new TableState(table, new ValueCache(1 << 20));
  const producer = await backbone.producer();
  const write = async (key: string, value: Uint8Array | null): Promise<void> => {
    await producer.send([{ ...at, key: Buffer.from(key), value, timestamp: 0 }]);
    await state.write([[key, value]]);
  };
  expect(state.get("a")).toBeUndefined();
  await write("a", Buffer.from("one"));
  await write("b", Buffer.from("two"));
  await write("a", Buffer.from("three"));
  expect(read.splice(0)).toEqual(["a"]);
  expect(String(state.get("a"))).toBe("three");
  expect((await state.getMany(["b", "a"])).map(String)).toEqual(["two", "three"]);
  expect(read).toEqual([]);
  await write("a", null);
  expect(state.get("a")).toBeUndefined();
  expect(await state.getMany(["a", "b"])).toEqual([undefined, Buffer.from("two")]);
  expect(read).toEqual([]);
  const timer = timerKey("", "count", 5, "a");
  await write(timer, Buffer.from("x"));
  expect(String(state.get(timer))).toBe("x");
  expect(read).toEqual([timer]);
  await backbone.close();
  await remove();
});
