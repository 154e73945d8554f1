import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect } from "vitest";
import { root } from "../source-graph.ts";

/**
 * Runs the example of reminders that tire. It prints the same on every backbone, and the policy that serves in the end is worth at least 1.4 times
 * what the log was, by the lower end of its interval too.
 */
export async function expectFatigue(...args: readonly string[]): Promise<void> {
  const printed = await printedBy("fatigue", args);
  expect(printed).toBe(readFileSync(join(root, "examples/fatigue.out"), "utf8"));
  expectGain(printed);
}

/**
 * Runs the example of a canary, which takes place in real time: its policies pass the gate, then the canary, and the last one is worth as much more.
 */
export async function expectCanary(...args: readonly string[]): Promise<void> {
  const printed = await printedBy("canary", args);
  expect(wordsOf(printed)).toBe(wordsOf(readFileSync(join(root, "examples/canary.out"), "utf8")));
  expectGain(printed);
}

/** Without its numbers, the names of models, and what a look did not count, which goes by its time. */
const wordsOf = (printed: string): string =>
  printed.replaceAll(/ beside them are [^;]*;/g, "").replaceAll(/-?\b(?=[0-9a-f]*\d)[0-9a-f]+(\.\d+)?\b/g, "#");

async function printedBy(name: string, args: readonly string[]): Promise<string> {
  const example = join(root, `examples/${name}.ts`);
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [example, ...args], { timeout: 600_000 });
  expect(stderr).toBe("");
  return stdout;
}

function expectGain(printed: string): void {
  const worth = [...printed.matchAll(/an episode is worth ([\d.]+) \(95 %: ([\d.]+) to [\d.]+\)/g)];
  const [[, logged], last] = [worth[0]!, worth.at(-1)!];
  expect(Number(last[2]) / Number(logged)).toBeGreaterThan(1.4);
}
