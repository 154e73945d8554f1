import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ClassicLevel } from "classic-level";
import { afterEach, beforeEach, expect, test } from "vitest";
import { connectLocally, serveLocally, type Backbone } from "../../../../streams/index.ts";
import { createEmbeddedBackbone } from "../../../../streams/backbones/embedded/index.ts";
import { outgoing } from "../backbone-harness.ts";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "loopstream-removed-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const COUNT = 2_500;
const spec = (name: string, cleanup: "delete" | "compact") => ({ name, partitions: 2, cleanup });

async function written(backbone: Backbone): Promise<void> {
  await backbone.ensureTopics([spec("gone", "delete"), spec("gone-too", "compact"), spec("stays", "delete")]);
  const producer = await backbone.producer();
  for (const topic of ["gone", "gone-too", "stays"]) {
    const records = Array.from({ length: COUNT }, (_, at) =>
      outgoing(topic, `${topic} ${at}`, { key: Buffer.from(`k${at}`) }),
    );
    await producer.send(records);
    await backbone.commit("group", [{ topic, partition: 0, offset: 7 }]);
  }
  await producer.close();
}

/** How many keys of topics the log holds, by their first letters. */
async function keysLeft(): Promise<Record<string, number>> {
  const database = new ClassicLevel<Buffer, Buffer>(join(dir, "log"), {
    keyEncoding: "buffer",
    valueEncoding: "buffer",
  });
  const keys = await database.keys().all();
  await database.close();
  const byLetter = Map.groupBy(keys, (key) => String.fromCharCode(key[0]!));
  return Object.fromEntries([..."rkebtgx"].map((letter) => [letter, byLetter.get(letter)?.length ?? 0]));
}

test("topics that are removed are gone with their records, keys and committed offsets, and others stay", async () => {
  const backbone = await createEmbeddedBackbone({ dir });
  await written(backbone);
  await backbone.remove(["gone", "gone-too", "never-there"]);
  expect(await backbone.topics()).toEqual(["stays"]);
  await expect((await backbone.producer()).send([outgoing("gone", "late")])).rejects.toThrow(/there is no topic gone/);
  expect(await backbone.committed("group", ["stays"])).toEqual([{ topic: "stays", partition: 0, offset: 7 }]);
  await backbone.close();
  expect(await keysLeft()).toEqual({ r: COUNT, k: 0, e: 1, b: 0, t: 1, g: 1, x: 0 });
});

test("a topic of the same name is made anew: it is empty, and no group has been there", async () => {
  const backbone = await createEmbeddedBackbone({ dir });
  await written(backbone);
  await backbone.remove(["gone"]);
  await backbone.ensureTopics([spec("gone", "delete")]);
  expect(await backbone.committed("group", ["gone"])).toEqual([]);
  expect((await backbone.offsets(["gone"])).map(({ start, end }) => [start, end])).toEqual([
    [0, 0],
    [0, 0],
  ]);
  await (await backbone.producer()).send([outgoing("gone", "new")]);
  const reader = await backbone.reader([{ topic: "gone", partition: 0, offset: 0 }]);
  const [fetch] = await reader.poll(1_000);
  expect(fetch!.records.map(({ value }) => Buffer.from(value!).toString())).toEqual(["new"]);
  await reader.close();
  await backbone.close();
});

test("what a process did not come to delete, the next one deletes", async () => {
  const backbone = await createEmbeddedBackbone({ dir });
  await written(backbone);
  const removing = backbone.remove(["gone", "gone-too"]);
  await backbone.close();
  await removing;
  const left = await keysLeft();
  expect([left["t"], left["x"]! > 0, left["r"]! > COUNT]).toEqual([1, true, true]);
  const again = await createEmbeddedBackbone({ dir });
  expect(await again.topics()).toEqual(["stays"]);
  // It waits for what the start has begun.
  await again.remove([]);
  await again.close();
  expect(await keysLeft()).toEqual({ r: COUNT, k: 0, e: 1, b: 0, t: 1, g: 1, x: 0 });
});

test("a client of the process that has the log removes them there", async () => {
  const backbone = await createEmbeddedBackbone({ dir });
  await written(backbone);
  const server = await serveLocally(backbone, dir);
  const client = (await connectLocally(dir))!;
  expect(await client.partitions("gone")).toBe(2);
  await client.remove(["gone"]);
  expect(await client.partitions("gone")).toBeUndefined();
  expect(await backbone.topics()).toEqual(["gone-too", "stays"]);
  await client.close();
  await server.close();
  await backbone.close();
});
