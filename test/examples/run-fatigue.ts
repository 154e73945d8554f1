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
  const example = join(root, "examples/fatigue.ts");
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [example, ...args], { timeout: 600_000 });
  expect(stdout).toBe(readFileSync(join(root, "examples/fatigue.out"), "utf8"));
  expect(stderr).toBe("");
  const worth = [...stdout.matchAll(/an episode is worth ([\d.]+) \(95 %: ([\d.]+) to [\d.]+\)/g)];
  const [[, logged], last] = [worth[0]!, worth.at(-1)!];
  expect(Number(last[2]) / Number(logged)).toBeGreaterThan(1.4);
}
