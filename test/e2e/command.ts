import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { program } from "../program/program.ts";

export const root = resolve(import.meta.dirname, "../..");
export const flights = {
  blueprint: join(root, "examples/flights.yaml"),
  decisions: join(root, "examples/flights/decisions-2013-q1.csv.gz"),
  observations: join(root, "examples/flights/observations-2013-q1.csv.gz"),
};

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The last line of stdout, parsed. */
  readonly json: Record<string, unknown>;
}

/** Runs the command line as a person would, in a time zone; with `killAfterMs` it is killed with -9 then. */
export function loopstream(
  args: readonly string[],
  options: { readonly killAfterMs?: number; readonly zone?: string } = {},
): Promise<Ran> {
  const child = spawn(process.execPath, [program(), ...args], {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
    env: options.zone === undefined ? process.env : { ...process.env, TZ: options.zone },
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const timer =
    options.killAfterMs === undefined ? undefined : setTimeout(() => child.kill("SIGKILL"), options.killAfterMs);
  return new Promise((done, failed) => {
    child.on("error", failed);
    child.on("close", (code) => {
      clearTimeout(timer);
      const last = stdout.trimEnd().split("\n").at(-1) ?? "";
      const json = last.startsWith("{") || last.startsWith("[") ? (JSON.parse(last) as Record<string, unknown>) : {};
      done({ code, stdout, stderr, json });
    });
  });
}

/** Runs commands on one backbone, each of which must succeed. */
export const succeeding =
  (where: readonly string[]) =>
  async (...args: readonly string[]): Promise<Ran> => {
    const ran = await loopstream([...args, ...where, "--json"]);
    if (ran.code !== 0)
      throw new Error(`${args.join(" ")} ended with ${ran.code}: ${ran.stderr}${ran.stdout.slice(-2_000)}`);
    return ran;
  };

/** A directory of its own for one test file; `remove` it afterwards. */
export function temporaryDir(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), "loopstream-e2e-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
