import { randomBytes } from "node:crypto";
import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeFolder } from "../../streams/index.ts";

/** Which run a directory holds, so that a killed one goes on and a finished one makes room for a new one. */
export interface Run {
  readonly id: string;
  readonly where: string;
  readonly finished: boolean;
}

/** @param where names the backbone: a run does not go on on another one. */
export function openRun(dir: string, where: string): { readonly run: Run; readonly resumed: boolean } {
  const stored = readRun(dir);
  if (stored !== undefined && !stored.finished && stored.where === where) return { run: stored, resumed: true };
  rmSync(dir, { recursive: true, force: true });
  const run = { id: randomBytes(4).toString("hex"), where, finished: false };
  writeRun(dir, run);
  return { run, resumed: false };
}

export function finishRun(dir: string, run: Run): void {
  writeRun(dir, { ...run, finished: true });
}

function readRun(dir: string): Run | undefined {
  try {
    return JSON.parse(readFileSync(join(dir, "run.json"), "utf8")) as Run;
  } catch {
    return undefined;
  }
}

function writeRun(dir: string, run: Run): void {
  makeFolder(dir);
  const path = join(dir, "run.json");
  writeFileSync(`${path}.new`, JSON.stringify(run), { mode: 0o600 });
  renameSync(`${path}.new`, path);
}
