import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import type { Crashes } from "./crashes.ts";
import { parts, type Part } from "./parts.ts";
import { missingTools } from "./servers/artifacts.ts";

// `npm test`: types, lint, format, the tests without a server, the tests on real servers. `--fast` leaves the servers out.
// The tests on servers go first, with the checks beside them, and those without a server have the machine to themselves: at once they were no
// sooner done on two cores, and sessions and timers ran out.

interface Tally {
  readonly passed: number;
  readonly failed: number;
}

interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly message: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

/** When a program's output is shown. */
type Shown = "live" | "failed";

const MOST_OF_A_FAILURE = 1_200;

const root = resolve(import.meta.dirname, "..");
const reports = mkdtempSync(join(tmpdir(), "loopstream-tests-"));
const tallies: Tally[] = [];
const failures: string[] = [];

const ci = process.env.CI === "true";
const noServers = process.env.KAFKA_BROKERS === undefined ? missingTools() : undefined;

const fast = process.argv.includes("--fast");
const checked = checks();
const onServers = !fast && (noServers === undefined || ci);
if (onServers) await vitest("kafka");
await checked;
for (const part of parts) await vitest("unit", part);
if (fast) {
  console.log("\nSKIPPED kafka: --fast leaves out the tests on real servers.\n");
} else if (!onServers) {
  console.log(`\nSKIPPED kafka: NOTHING WAS TESTED ON A REAL BROKER.\n${noServers}\n`);
}
// Says so where the tests on RocksDB were left out.
await import("./streams/state/without-rocks.ts");

// For show: what it finds slower it prints in red, and it fails nothing.
if (ci || !fast) await micro();

rmSync(reports, { recursive: true, force: true });
// Once more at the end, where a long log is read first.
for (const failure of failures) console.log(failure);
const passed = tallies.reduce((sum, tally) => sum + tally.passed, 0);
const failed = tallies.reduce((sum, tally) => sum + tally.failed, 0);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;

async function checks(): Promise<void> {
  await check("types", ["tsc"]);
  await check("lint", ["eslint", "."]);
  await check("format", ["prettier", "--check", "."]);
}

async function check(name: string, command: readonly string[]): Promise<void> {
  const { ok } = await run(name, command, "failed");
  tallies.push(ok ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 });
}

async function vitest(project: string, part?: Part): Promise<void> {
  const name = part === undefined ? project : `${project}-${part}`;
  const first = await vitestRun({ project, part, name, files: [] });
  const { crashed, otherErrors } = first.crashes;
  if (crashed.length === 0) {
    // A run that fails without a failing test (a file that does not load, a leaked error) counts as one failure.
    const silent = !first.ok && first.tally.failed === 0;
    tallies.push(silent ? { ...first.tally, failed: 1 } : first.tally);
    return;
  }
  // A worker that a signal ended says nothing of its tests: they run once more, alone. Twice, and they have failed.
  const files = crashed.map(({ file }) => file);
  const again = await vitestRun({ project, part, name: `${name}-again`, files });
  for (const { file, signal } of crashed)
    failures.push(`CRASHED ${file}: ${signal} ended its worker; run again alone it ${again.ok ? "passed" : "FAILED"}`);
  const { passed, failed } = first.tally;
  const before = first.passedIn(files);
  const failedAgain = again.ok ? 0 : Math.max(1, again.tally.failed);
  tallies.push({ passed: passed - before + again.tally.passed, failed: failed + failedAgain + otherErrors });
}

interface VitestRun {
  readonly ok: boolean;
  readonly tally: Tally;
  readonly crashes: Crashes;
  /** How many tests of these files passed. */
  passedIn(files: readonly string[]): number;
}

interface Asked {
  readonly project: string;
  readonly part: Part | undefined;
  /** Of its line and of its report. */
  readonly name: string;
  /** None: all. */
  readonly files: readonly string[];
}

async function vitestRun({ project, part, name, files }: Asked): Promise<VitestRun> {
  const file = join(reports, `${name}.json`);
  const crashesFile = join(reports, `${name}-crashes.json`);
  const reporters = ["default", "json", "./test/crashes.ts"].map((reporter) => `--reporter=${reporter}`);
  const command = ["vitest", "run", "--project", project, ...reporters, `--outputFile.json=${file}`, ...files];
  const { ok } = await run(name, command, "live", {
    LOOPSTREAM_CRASHES: crashesFile,
    ...(part === undefined ? {} : { LOOPSTREAM_TEST_PART: part }),
  });
  const report = readJson<Report>(file);
  if (report !== undefined) failures.push(...failuresOf(report));
  return {
    ok,
    tally: report === undefined ? { passed: 0, failed: 1 } : tallyOf(report),
    crashes: readJson<Crashes>(crashesFile) ?? { crashed: [], otherErrors: 0 },
    passedIn: (wanted) =>
      (report?.testResults ?? [])
        .filter(({ name: path }) => wanted.includes(relative(root, path)))
        .flatMap(({ assertionResults }) => assertionResults)
        .filter(({ status }) => status === "passed").length,
  };
}

function tallyOf({ numPassedTests, numFailedTests, testResults }: Report): Tally {
  const unloaded = testResults.filter(
    ({ message, assertionResults }) => message !== "" && assertionResults.every(({ status }) => status !== "failed"),
  );
  return { passed: numPassedTests, failed: numFailedTests + unloaded.length };
}

/** Undefined: it is not there, or is no JSON; then the program that had to write it failed. */
function readJson<T>(file: string): T | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as T;
  } catch {
    return undefined;
  }
}

function micro(): Promise<void> {
  const child = spawn(process.execPath, [join(root, "bench/micro/micro.ts")], { cwd: root, stdio: "inherit" });
  return new Promise((done) => {
    child.once("error", () => done());
    child.once("close", () => done());
  });
}

function failuresOf({ testResults }: Report): readonly string[] {
  return testResults.flatMap(({ name, message, assertionResults }) => {
    const failed = assertionResults.filter(({ status }) => status === "failed");
    const file = name.slice(root.length + 1);
    if (failed.length === 0 && message !== "") return [`FAILED ${file}\n${message.slice(0, MOST_OF_A_FAILURE)}`];
    return failed.map(
      ({ fullName, failureMessages }) =>
        `FAILED ${file} > ${fullName}\n${failureMessages.join("\n").slice(0, MOST_OF_A_FAILURE)}`,
    );
  });
}

/** Runs a program of `node_modules/.bin`. */
function run(
  name: string,
  command: readonly string[],
  shown: Shown,
  env: Readonly<Record<string, string>> = {},
): Promise<{ readonly ok: boolean }> {
  const started = performance.now();
  const [program, ...args] = command as [string, ...string[]];
  const child = spawn(process.execPath, [join(root, "node_modules/.bin", program), ...args], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: shown === "live" ? "inherit" : ["ignore", "pipe", "pipe"],
  });
  const output: (Buffer | string)[] = [];
  child.stdout?.on("data", (chunk: Buffer) => output.push(chunk));
  child.stderr?.on("data", (chunk: Buffer) => output.push(chunk));
  return new Promise((done) => {
    const end = (ok: boolean): void => {
      if (!ok) for (const chunk of output) process.stdout.write(chunk);
      const seconds = ((performance.now() - started) / 1000).toFixed(1);
      process.stdout.write(`${ok ? "ok    " : "FAILED"} ${name} (${seconds} s)\n`);
      done({ ok });
    };
    child.once("error", (error) => {
      output.push(`${program} could not be started: ${error.message}. Run npm ci first.\n`);
      end(false);
    });
    child.once("close", (code) => end(code === 0));
  });
}
