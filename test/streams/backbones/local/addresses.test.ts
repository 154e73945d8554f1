import { mkdir, readFile, stat } from "node:fs/promises";
import { existsSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { createEmbeddedBackbone } from "../../../../streams/backbones/embedded/index.ts";
import { connectLocally, serveLocally } from "../../../../streams/backbones/local/index.ts";
import { newDir } from "./new-dir.ts";
import { serve } from "./served.ts";

const note = "loopstream.sock.path";

test("nobody listens in a directory that no process serves", async () => {
  const dir = await newDir();
  expect(await connectLocally(dir.path)).toBeUndefined();
  expect(await connectLocally(join(dir.path, "missing"))).toBeUndefined();
  await dir.remove();
});

test("the socket is for this user only, and goes with its server", async () => {
  const served = await serve();
  const socket = join(served.dir, "loopstream.sock");
  const { mode } = await stat(socket);
  expect(mode & 0o777).toBe(0o600);
  expect(existsSync(join(served.dir, note))).toBe(false);
  await served.server.close();
  expect(existsSync(socket)).toBe(false);
  expect(await connectLocally(served.dir)).toBeUndefined();
  await served.close();
});

test.each([
  ["in the directory", undefined, "loopstream.sock"],
  ["that is elsewhere, with its note", "a-long-name/".repeat(12), note],
])("a socket %s that is deleted is made anew, and open connections stay", async (_, below, deleted) => {
  const served = await serve(below);
  const client = await served.connect();
  const path = join(served.dir, deleted);
  for (let time = 0; time < 2; time++) {
    rmSync(path);
    expect(await connectLocally(served.dir)).toBeUndefined();
    await expect.poll(() => existsSync(path), { timeout: 20_000 }).toBe(true);
    expect(await (await served.connect()).topics()).toEqual([]);
    expect(await client.topics()).toEqual([]);
  }
  await served.close();
  expect(existsSync(path)).toBe(false);
  expect(await connectLocally(served.dir)).toBeUndefined();
});

test("a directory whose path is too long for a socket notes where the socket is, in a folder of this user", async () => {
  const served = await serve("a-long-name/".repeat(12));
  const client = await served.connect();
  expect(await client.topics()).toEqual([]);
  const address = await readFile(join(served.dir, note), "utf8");
  expect(Buffer.byteLength(address)).toBeLessThanOrEqual(100);
  expect((await stat(dirname(address))).mode & 0o777).toBe(0o700);
  expect((await stat(address)).mode & 0o777).toBe(0o600);
  await served.close();
  expect([existsSync(address), existsSync(join(served.dir, note))]).toEqual([false, false]);
});

test("where a directory can hold no socket, it is elsewhere too", async () => {
  const dir = await newDir();
  await mkdir(join(dir.path, "loopstream.sock"));
  const backbone = await createEmbeddedBackbone({ dir: dir.path });
  const server = await serveLocally(backbone, dir.path);
  const client = await connectLocally(dir.path);
  expect(await client?.topics()).toEqual([]);
  await client?.close();
  await server.close();
  await backbone.close();
  await dir.remove();
});
