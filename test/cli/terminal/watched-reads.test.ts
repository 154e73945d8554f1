import { afterEach, beforeEach, expect, test } from "vitest";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createEmbeddedBackbone, readRaw, type EmbeddedBackbone } from "../../../streams/index.ts";
import { watchedReads } from "../../../cli/terminal/watched-reads.ts";

let dir: string;
let backbone: EmbeddedBackbone;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "loopstream-watched-"));
  backbone = await createEmbeddedBackbone({ dir });
});
afterEach(async () => {
  await backbone.close();
  await rm(dir, { recursive: true });
});

test("a reading shows how far it is of the topic's end, over all partitions, and reads what it would without", async () => {
  await backbone.ensureTopics([{ name: "seen", partitions: 2, cleanup: "delete" }]);
  const producer = await backbone.producer();
  const value = Buffer.alloc(100);
  await producer.send(
    Array.from({ length: 9_000 }, (_, n) => ({ topic: "seen", partition: n % 2, timestamp: n, key: null, value })),
  );
  await producer.close();
  const told: (readonly [number, string | undefined, number | null | undefined])[] = [];
  const bar = {
    update: (...all: [number, string?, (number | null)?]) => void told.push([all[0], all[1], all[2]]),
    stop: () => undefined,
  };
  let read = 0;
  for await (const records of readRaw(watchedReads(backbone, bar), "seen")) read += records.length;
  expect(read).toBe(9_000);
  expect(told.length).toBeGreaterThan(1);
  expect(told.map(([done]) => done)).toEqual([...told.map(([done]) => done)].sort((a, b) => a - b));
  expect(told.at(-1)).toEqual([9_000, "seen", 9_000]);
});
