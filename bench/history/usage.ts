import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { nodeFlags } from "../node-flags.ts";

const root = join(import.meta.dirname, "../..");

/** Of a process from its start to its end, all threads. */
export interface Usage {
  /** User and system time, s. */
  readonly cpu: number;
  readonly system: number;
  readonly seconds: number;
  /** Resident memory at its highest. */
  readonly peakMiB: number;
}

/** Runs the command line as `npm run loopstream` does. Rejects when it fails. */
export async function usageOf(args: readonly string[], dir: string): Promise<Usage> {
  const file = join(dir, "usage.json");
  const flags = [...nodeFlags, "--import", join(import.meta.dirname, "tell-usage.ts")];
  const started = performance.now();
  const child = spawn(process.execPath, [...flags, join(root, "cli/main.ts"), ...args], {
    cwd: root,
    env: { ...process.env, LOOPSTREAM_USAGE: file },
    stdio: ["ignore", "ignore", "inherit"],
  });
  const [code] = (await once(child, "close")) as [number | null];
  if (code !== 0) throw new Error(`loopstream ${args.join(" ")} ended with ${code}`);
  const { user, system, peakMiB } = JSON.parse(readFileSync(file, "utf8")) as Record<string, number>;
  return { cpu: user! + system!, system: system!, seconds: (performance.now() - started) / 1_000, peakMiB: peakMiB! };
}
