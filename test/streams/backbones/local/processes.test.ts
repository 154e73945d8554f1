import { afterEach, beforeEach, expect, test } from "vitest";
import { existsSync } from "node:fs";
import { connectLocally, openShared } from "../../../../streams/backbones/local/index.ts";
import { outgoing, valuesOf } from "../backbone-harness.ts";
import { startHolder } from "./child.ts";
import { newDir, type Dir } from "./new-dir.ts";
import { eventually } from "../../../eventually.ts";

let dir: Dir;
beforeEach(async () => {
  dir = await newDir();
});
afterEach(() => dir.remove());

test("a second process reads and writes the log while the first one has it open", async () => {
  const holder = await startHolder(dir.path, "a", "b");
  expect(holder.said).toEqual({ shared: false });
  const here = await openShared(dir.path);
  expect([here.shared, here.backbone.kind]).toEqual([true, "embedded"]);
  expect(await valuesOf(here.backbone, "held")).toEqual(["a", "b"]);
  const third = await startHolder(dir.path, "c");
  expect(third.said).toEqual({ shared: true });
  const producer = await here.backbone.producer();
  await producer.send([outgoing("held", "d")]);
  expect(await valuesOf(here.backbone, "held")).toEqual(["a", "b", "c", "d"]);
  await third.end();
  await here.close();
  await holder.end();
});

test("what another process stored over the socket is in the log of the next one that opens it", async () => {
  const here = await openShared(dir.path);
  const other = await startHolder(dir.path, "over the socket");
  await other.end();
  await here.close();
  const next = await openShared(dir.path);
  expect(next.shared).toBe(false);
  expect(await valuesOf(next.backbone, "held")).toEqual(["over the socket"]);
  await next.close();
});

test("when the process that has the log is killed, calls under way and later ones are BACKBONE_GONE", async () => {
  const holder = await startHolder(dir.path, "a");
  const { backbone, registry, close } = await openShared(dir.path);
  const reader = await backbone.reader([{ topic: "held", partition: 0, offset: 1 }]);
  const polled = reader.poll(60_000);
  const unavailable = { code: "BACKBONE_GONE", message: expect.stringContaining(dir.path) };
  await Promise.all([expect(polled).rejects.toMatchObject(unavailable), holder.kill()]);
  await expect(backbone.topics()).rejects.toMatchObject(unavailable);
  await expect(reader.poll(0)).rejects.toMatchObject(unavailable);
  await expect(registry.subjects()).rejects.toMatchObject(unavailable);
  await close();
});

test("a socket left by a killed process is nobody's, and the next process takes its place", async () => {
  const holder = await startHolder(dir.path, "a");
  await holder.kill();
  expect(existsSync(`${dir.path}/loopstream.sock`)).toBe(true);
  expect(await connectLocally(dir.path)).toBeUndefined();
  const next = await startHolder(dir.path, "b");
  expect(next.said).toEqual({ shared: false });
  const here = await openShared(dir.path);
  expect(await valuesOf(here.backbone, "held")).toEqual(["a", "b"]);
  await here.close();
  await next.end();
  expect(existsSync(`${dir.path}/loopstream.sock`)).toBe(false);
});

test("a client process that is killed leaves its group, so that others get its partitions", async () => {
  const here = await openShared(dir.path);
  await here.backbone.ensureTopics([{ name: "shared-out", partitions: 2, cleanup: "delete" }]);
  const other = await startHolder(dir.path, "--join", "shared-out");
  const owned = new Set<number>();
  const group = await here.backbone.group({
    groupId: "g",
    copartitioned: [["shared-out"]],
    listener: {
      assigned: (partitions) => {
        for (const { partition } of partitions) owned.add(partition);
        return Promise.resolve([]);
      },
      revoked: () => Promise.resolve(),
    },
  });
  await group.poll(0);
  expect(owned.size).toBe(0);
  await other.kill();
  await eventually(async () => {
    await group.poll(10);
    expect([...owned].sort()).toEqual([0, 1]);
  });
  await group.close();
  await here.close();
});

test("processes that open the log at once all work on it", async () => {
  const holders = await Promise.all(["a", "b", "c"].map((value) => startHolder(dir.path, value)));
  expect(holders.map(({ said }) => said)).toEqual(expect.arrayContaining([{ shared: false }, { shared: true }]));
  const here = await openShared(dir.path);
  expect((await valuesOf(here.backbone, "held")).sort()).toEqual(["a", "b", "c"]);
  await here.close();
  const owner = holders.findIndex(({ said }) => (said as { shared: boolean }).shared === false);
  await Promise.all(holders.filter((_, i) => i !== owner).map((holder) => holder.end()));
  await holders[owner]!.end();
});
