import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createEmbeddedBackbone, type Backbone } from "../../../streams/index.ts";
import type { Change, StateEngine } from "../../../streams/state/engine.ts";
import { createLevelEngine } from "../../../streams/state/level-engine.ts";
import { createMemoryEngine } from "../../../streams/state/memory-engine.ts";
import { createRocksEngine } from "../../../streams/state/rocks-engine.ts";
import { engineConformance } from "./engine-conformance.ts";
import { withoutRocks } from "./without-rocks.ts";

const temporary = (): Promise<string> => mkdtemp(join(tmpdir(), "loopstream-state-"));
const remove = (dir: string): Promise<void> => rm(dir, { recursive: true, force: true });

engineConformance("level", async () => {
  const dir = await temporary();
  return { engine: createLevelEngine(dir), again: () => createLevelEngine(dir), close: () => remove(dir) };
});

engineConformance("the embedded log's tables", async () => {
  const dir = await temporary();
  const backbone = await createEmbeddedBackbone({ dir });
  const again = (): StateEngine => throughTheLog(backbone, createLevelEngine(join(dir, "state")));
  const close = async (): Promise<void> => {
    await backbone.close();
    await remove(dir);
  };
  return { engine: again(), again, close };
});

engineConformance("memory", () => {
  const engine = createMemoryEngine();
  return Promise.resolve({ engine, again: () => engine, close: () => Promise.resolve() });
});

describe.skipIf(withoutRocks)("with rocksdb-native", () => {
  engineConformance("rocks", async () => {
    const dir = await temporary();
    return { engine: createRocksEngine(dir), again: () => createRocksEngine(dir), close: () => remove(dir) };
  });

  durable("rocks", "rocks-engine", "createRocksEngine", createRocksEngine, "task.rocksdb");
});

durable("level", "level-engine", "createLevelEngine", createLevelEngine, "task");

/** State as a task has it on the log: what it writes is sent there first. */
function throughTheLog(backbone: Backbone, { over }: StateEngine): StateEngine {
  const at = (name: string): { readonly topic: string; readonly partition: number } => ({ topic: name, partition: 0 });
  return {
    async open(name) {
      await backbone.ensureTopics([{ name, partitions: 1, cleanup: "compact" }]);
      const state = over!(await backbone.table!(at(name)));
      const producer = await backbone.producer();
      const write = async (changes: readonly Change[]): Promise<void> => {
        await producer.send(
          changes.map(([key, value]) => ({ ...at(name), timestamp: 0, key: Buffer.from(key), value })),
        );
        await state.write(changes);
      };
      const range: typeof state.range = (from, to, limit) => state.range(from, to, limit);
      return {
        get: (key) => state.get!(key),
        getMany: (keys) => state.getMany(keys),
        range,
        write,
        deleteRange: async (from, to) => write((await range(from, to)).map(([key]) => [key, null])),
        close: () => producer.close(),
      };
    },
    async destroy(name) {
      const database = await this.open(name);
      await database.deleteRange("", "\u{10ffff}");
      await database.close();
    },
  };
}

function durable(
  name: string,
  file: string,
  factory: string,
  createEngine: (dir: string) => StateEngine,
  folder: string,
): void {
  test(`${name}: a write that was acknowledged is whole after kill -9, and none is torn`, async () => {
    const dir = await temporary();
    const program = `
    import { ${factory} } from ${JSON.stringify(join(import.meta.dirname, `../../../streams/state/${file}.ts`))};
    const database = await ${factory}(${JSON.stringify(dir)}).open("task");
    for (let n = 1; ; n++) {
      await database.write(Array.from({ length: 50 }, (_, i) => ["key" + i, Buffer.from(String(n))]));
      process.stdout.write(n + "\\n");
    }`;
    const script = join(dir, "writer.mts");
    await writeFile(script, program);
    const child = spawn(process.execPath, [script], { stdio: ["ignore", "pipe", "inherit"] });
    let acknowledged = 0;
    await new Promise<void>((resolve) => {
      child.stdout.setEncoding("utf8").on("data", (lines: string) => {
        acknowledged = Math.max(acknowledged, ...lines.trim().split("\n").slice(0, -1).map(Number));
        if (acknowledged > 300) child.kill("SIGKILL");
      });
      child.on("close", () => resolve());
    });
    const database = await createEngine(dir).open("task");
    const found = new Set(
      (await database.getMany(Array.from({ length: 50 }, (_, i) => `key${i}`))).map((value) =>
        Number(Buffer.from(value!).toString()),
      ),
    );
    await database.close();
    await remove(dir);
    expect(found.size).toBe(1);
    expect([...found][0]).toBeGreaterThanOrEqual(acknowledged);
  });

  test(`${name}: a database that can't be opened is called corrupt, so that it is restored`, async () => {
    const dir = await temporary();
    const engine = createEngine(dir);
    const database = await engine.open("task");
    await database.write([["a", Buffer.from("1")]]);
    await database.close();
    await writeFile(join(dir, folder, "CURRENT"), "nonsense");
    await expect(engine.open("task")).rejects.toMatchObject({ code: "STATE_CORRUPT", flags: { retry: true } });
    await engine.destroy("task");
    const anew = await engine.open("task");
    expect(await anew.getMany(["a"])).toEqual([undefined]);
    await anew.close();
    await remove(dir);
  });

  test(`${name}: a database that is open is locked, not corrupt`, async () => {
    const dir = await temporary();
    const database = await createEngine(dir).open("task");
    await expect(createEngine(dir).open("task")).rejects.toMatchObject({ code: "BACKBONE_LOCKED" });
    await database.close();
    await remove(dir);
  });
}
