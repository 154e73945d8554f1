import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createEmbeddedBackbone, type EmbeddedBackbone } from "../../../../../streams/index.ts";

let dir: string;
let backbone: EmbeddedBackbone;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "loopstream-offsets-"));
  backbone = await createEmbeddedBackbone({ dir });
  await backbone.ensureTopics([{ name: "a", partitions: 1, cleanup: "delete" }]);
});
afterEach(async () => {
  await backbone.close();
  await rm(dir, { recursive: true });
});

const reopen = async (): Promise<void> => {
  await backbone.close();
  backbone = await createEmbeddedBackbone({ dir });
};
const write = async (count: number): Promise<void> => {
  const producer = await backbone.producer();
  const record = { topic: "a", partition: 0, timestamp: 1, key: null, value: Buffer.from("x") };
  await producer.send(Array.from({ length: count }, () => record));
  await producer.close();
};
const at = (offset: number) => ({ topic: "a", partition: 0, offset });

test("what was committed is what is told, also beyond the end: a feed keeps how far it came there", async () => {
  await backbone.commit("g", [at(400_000)]);
  await reopen();
  expect(await backbone.committed("g", ["a"])).toEqual([at(400_000)]);
  await backbone.commit("g", [at(7)]);
  expect(await backbone.committed("g", ["a"])).toEqual([at(7)]);
});

test("a group that stood beyond the end reads what is written from then on, however much that is", async () => {
  await write(3);
  await backbone.commit("g", [at(5)]);
  await reopen();
  await write(10);
  const group = await backbone.group({
    groupId: "g",
    copartitioned: [["a"]],
    listener: { assigned: () => Promise.resolve([]), revoked: () => Promise.resolve() },
  });
  const offsets: number[] = [];
  while (offsets.length < 10) {
    for (const { records } of await group.poll(1_000)) offsets.push(...records.map(({ offset }) => offset));
  }
  expect(offsets[0]).toBe(3);
  await group.close();
});
