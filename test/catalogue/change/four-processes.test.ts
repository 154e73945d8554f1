import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe } from "vitest";
import { changesSuite } from "./four-processes.ts";

const dirs: string[] = [];
afterAll(async () => {
  for (const dir of dirs) await rm(dir, { recursive: true, force: true });
});

async function newDir(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), "loopstream-changes-"));
  dirs.push(dir);
  return dir;
}

describe("over the embedded log, which one of them has", () =>
  changesSuite(async () => ({ dir: await newDir() }), 100, [
    ["when one is killed", [1]],
    ["when the one that has the log is killed", [0]],
  ]));
