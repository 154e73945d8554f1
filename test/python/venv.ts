import { execFile, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";

const requirements = join(import.meta.dirname, "requirements.txt");
/** Beside the test servers; git ignores it. */
const cache = resolve(import.meta.dirname, "../../.servers");
const run = promisify(execFile);

/** Longest time of the first call, ms. */
export const FETCH_MS = 600_000;

let made: Promise<string> | undefined;

/**
 * Python with the libraries of `requirements.txt`, in an environment of its own: the path of its program. Fetched with
 * pip the first time; later calls only look. Two processes may do it at once.
 */
export function python(): Promise<string> {
  return (made ??= find());
}

/** Runs a script with that Python. @returns its output, parsed. */
export async function runPython(script: string, args: readonly string[], timeout = 60_000): Promise<unknown> {
  const { stdout } = await run(await python(), [script, ...args], { timeout, maxBuffer: 64 << 20 });
  return JSON.parse(stdout) as unknown;
}

async function find(): Promise<string> {
  const version = spawnSync("python3", ["-c", "import ensurepip, platform, venv; print(platform.python_version())"]);
  if (version.status !== 0) {
    throw new Error(
      "The tests with Python need python3 with venv on the PATH (Debian: apt-get install python3 python3-venv).\n" +
        String(version.stderr ?? version.error),
    );
  }
  const made = createHash("sha256").update(readFileSync(requirements)).update(version.stdout);
  const dir = join(cache, `python-${made.digest("hex").slice(0, 12)}`);
  if (!existsSync(dir)) await install(dir);
  return join(dir, "bin/python");
}

async function install(dir: string): Promise<void> {
  const partial = `${dir}.${process.pid}`;
  mkdirSync(dirname(dir), { recursive: true });
  try {
    await run("python3", ["-m", "venv", partial]);
    // Wheels alone: nothing is compiled.
    const pip = ["-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-input", "--only-binary", ":all:"];
    await run(join(partial, "bin/python"), [...pip, "-r", requirements], { maxBuffer: 64 << 20 });
    renameSync(partial, dir);
  } catch (error) {
    if (existsSync(dir)) return;
    throw new Error(`pip could not fetch the libraries of ${requirements}`, { cause: error });
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}
