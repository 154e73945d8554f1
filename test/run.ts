import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { missingTools } from "./servers/artifacts.ts";

// `npm test`: types, lint, format, the tests without a server, the tests on real servers. `--fast` leaves the servers out.
// All three parts run at once, since much of it is waiting. The output of the tests on servers is shown behind the rest.

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

/** Output that waits for its turn. */
class Behind {
  #kept: (Buffer | string)[] | undefined = [];

  write(chunk: Buffer | string): void {
    if (this.#kept === undefined) process.stdout.write(chunk);
    else this.#kept.push(chunk);
  }

  /** It is its turn. */
  show(): void {
    for (const chunk of this.#kept ?? []) process.stdout.write(chunk);
    this.#kept = undefined;
  }
}

/** Where a program's output goes: to the screen, to the screen if it failed, or behind that of others. */
type Shown = "live" | "failed" | Behind;

const MOST_OF_A_FAILURE = 1_200;
/** Parts of the tests without a server. */
const SHARDS = 8;

const root = resolve(import.meta.dirname, "..");
const reports = mkdtempSync(join(tmpdir(), "loopstream-tests-"));
const tallies: Tally[] = [];
const failures: string[] = [];

const ci = process.env.CI === "true";
const noServers = process.env.KAFKA_BROKERS === undefined ? missingTools() : undefined;

const fast = process.argv.includes("--fast");
const behind = new Behind();
const onServers = !fast && (noServers === undefined || ci) ? vitest("kafka", behind) : undefined;
let serversDone = onServers === undefined;
void onServers?.then(() => (serversDone = true));
const checked = checks();
// Beside the servers, whose tests have sessions and timers, one file at a time; then as many as a small machine has cores.
for (let shard = 1; shard <= SHARDS; shard++) {
  await vitest("unit", "live", [`--shard=${shard}/${SHARDS}`, `--maxWorkers=${serversDone ? 2 : 1}`]);
}
await checked;
behind.show();
await onServers;
if (fast) {
  console.log("\nSKIPPED kafka: --fast leaves out the tests on real servers.\n");
} else if (onServers === undefined) {
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

async function vitest(project: string, shown: Shown = "live", more: readonly string[] = []): Promise<void> {
  const file = join(reports, `${[project, ...more].join("").replaceAll(/\W/g, "-")}.json`);
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${file}`];
  const { ok } = await run(
    [project, ...more].join(" "),
    ["vitest", "run", "--project", project, ...reporters, ...more],
    shown,
  );
  const tally = tallyOf(file);
  // A run that fails without a failing test (a file that does not load, a leaked error) counts as one failure.
  tallies.push(ok || tally.failed > 0 ? tally : { passed: tally.passed, failed: 1 });
}

function micro(): Promise<void> {
  const child = spawn(process.execPath, [join(root, "bench/micro/micro.ts")], { cwd: root, stdio: "inherit" });
  return new Promise((done) => {
    child.once("error", () => done());
    child.once("close", () => done());
  });
}

function tallyOf(file: string): Tally {
  try {
    const report = JSON.parse(readFileSync(file, "utf8")) as Report;
    failures.push(...failuresOf(report));
    return { passed: report.numPassedTests, failed: report.numFailedTests };
  } catch {
    return { passed: 0, failed: 1 };
  }
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
function run(name: string, command: readonly string[], shown: Shown): Promise<{ readonly ok: boolean }> {
  const started = performance.now();
  const [program, ...args] = command as [string, ...string[]];
  const child = spawn(process.execPath, [join(root, "node_modules/.bin", program), ...args], {
    cwd: root,
    stdio: shown === "live" ? "inherit" : ["ignore", "pipe", "pipe"],
  });
  const output = shown instanceof Behind ? shown : new Behind();
  child.stdout?.on("data", (chunk: Buffer) => output.write(chunk));
  child.stderr?.on("data", (chunk: Buffer) => output.write(chunk));
  return new Promise((done) => {
    const end = (ok: boolean): void => {
      if (!ok && output !== shown) output.show();
      const seconds = ((performance.now() - started) / 1000).toFixed(1);
      const line = `${ok ? "ok    " : "FAILED"} ${name} (${seconds} s)\n`;
      if (shown instanceof Behind) shown.write(line);
      else process.stdout.write(line);
      done({ ok });
    };
    child.once("error", (error) => {
      output.write(`${program} could not be started: ${error.message}. Run npm ci first.\n`);
      end(false);
    });
    child.once("close", (code) => end(code === 0));
  });
}
