import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { createEmbeddedBackbone } from "../../../../streams/backbones/embedded/index.ts";
import { createLevelEngine, instanceIdIn, serveLocally } from "../../../../streams/index.ts";
import { outgoing } from "../backbone-harness.ts";

const folder = mkdtempSync(join(tmpdir(), "loopstream-file-modes-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Paths below the directory, and itself, that others may read, write or enter. */
function openTo(dir: string): readonly string[] {
  const paths = ["", ...readdirSync(dir, { recursive: true, encoding: "utf8" })];
  return paths.filter((path) => (statSync(join(dir, path)).mode & 0o077) !== 0);
}

async function work(dir: string): Promise<readonly string[]> {
  const backbone = await createEmbeddedBackbone({ dir });
  await backbone.ensureTopics([{ name: "a", partitions: 1, cleanup: "delete" }]);
  await (await backbone.producer()).send([outgoing("a", "1")]);
  const server = await serveLocally(backbone, dir);
  const state = await createLevelEngine(join(dir, "state")).open("count-0");
  await state.write([["key", Buffer.from("value")]]);
  instanceIdIn(join(dir, "state"));
  const open = openTo(dir);
  await state.close();
  await server.close();
  await backbone.close();
  return [...open, ...openTo(dir)];
}

test("what the log, its state and its socket lie in is nobody else's, and what was made by an older build no longer is", async () => {
  const dir = join(folder, "made");
  expect(await work(dir)).toEqual([]);
  for (const path of readdirSync(dir, { recursive: true, encoding: "utf8" })) {
    chmodSync(join(dir, path), statSync(join(dir, path)).isDirectory() ? 0o755 : 0o644);
  }
  chmodSync(dir, 0o755);
  expect(await work(dir)).toEqual([]);
});

test("a directory that holds a person's own files stays as open as it is, and what is ours in it is not", async () => {
  const dir = join(folder, "shared");
  mkdirSync(dir, { mode: 0o755 });
  writeFileSync(join(dir, "notes.txt"), "", { mode: 0o644 });
  expect(new Set(await work(dir))).toEqual(new Set(["", "notes.txt"]));
});

test("the program makes nothing that others may read, but for a file that was asked for", () => {
  const dir = join(folder, "program");
  const rows = join(folder, "rows.csv");
  const main = join(import.meta.dirname, "../../../../cli/main.ts");
  const run = (...args: string[]): string =>
    execFileSync(process.execPath, [main, ...args, "--dir", dir], { encoding: "utf8" });
  run("blueprint", "publish", join(import.meta.dirname, "../../../../examples/flights.yaml"));
  run("rows", "--use-case", "flight-delays", "--out", rows);
  expect(openTo(dir)).toEqual([]);
  const umask = Number.parseInt(execFileSync("sh", ["-c", "umask"], { encoding: "utf8" }), 8);
  expect(statSync(rows).mode & 0o777).toBe(0o666 & ~umask);
});
