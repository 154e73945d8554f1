/**
 * Does a replay slow the live loop? The loop runs as a process of its own with days of flights behind it; this one asks it for decisions at a steady
 * rate, in rounds with and without a replay beside it, in turn. Prints the p99 of each kind of round and their ratio with its spread.
 *
 *   node bench/replay-beside.ts [--rounds 6] [--seconds 10] [--rate 50] [--pace 0.3] [--until 2013-01-15] [--brokers HOST:PORT --registry URL]
 */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";
import { gunzipSync } from "node:zlib";
import { createClient } from "../client/index.ts";
import { createConfluentRegistry, createKafkaBackbone, openShared } from "../streams/index.ts";
import { markdown, spread } from "./rounds.ts";

const { values: flags } = parseArgs({
  options: {
    rounds: { type: "string", default: "6" },
    seconds: { type: "string", default: "10" },
    rate: { type: "string", default: "50" },
    pace: { type: "string", default: "0.3" },
    until: { type: "string", default: "2013-01-15" },
    brokers: { type: "string" },
    registry: { type: "string" },
  },
});
const root = join(import.meta.dirname, "..");
const dir = mkdtempSync(join(tmpdir(), "loopstream-beside-"));
const remote = flags.brokers === undefined ? [] : ["--brokers", flags.brokers, "--registry", flags.registry ?? ""];
const at = ["--dir", dir, ...remote];

function loopstream(args: readonly string[]): ChildProcess {
  return spawn(process.execPath, [join(root, "cli/main.ts"), ...args, ...at], {
    cwd: root,
    stdio: ["ignore", "pipe", "inherit"],
  });
}

async function done(args: readonly string[]): Promise<void> {
  const child = loopstream(args);
  child.stdout!.resume();
  const [code] = (await once(child, "close")) as [number | null];
  if (code !== 0) throw new Error(`loopstream ${args[0]} ended with ${code}`);
}

/** The flights' history up to a day, in a file of its own. @returns where. */
function historyOf(name: string, column: string): string {
  const [head, ...lines] = gunzipSync(readFileSync(join(root, `examples/flights/${name}-2013-q1.csv.gz`)))
    .toString()
    .trimEnd()
    .split("\n");
  const at = head!.split(",").indexOf(column);
  const path = join(dir, `${name}.csv`);
  writeFileSync(path, [head, ...lines.filter((line) => line.split(",")[at]! < flags.until)].join("\n") + "\n");
  return path;
}

await done(["blueprint", "publish", join(root, "examples/flights.yaml")]);
await done([
  ...["import", "--use-case", "flight-delays", "--unit", "carrier+flight", "--run"],
  ...["--decisions", historyOf("decisions", "decision_ts"), "--observations", historyOf("observations", "event_ts")],
]);
const live = loopstream(["start", "--json"]);
await new Promise<void>((resolve, reject) => {
  live.once("exit", () => reject(new Error("the loop did not stay up")));
  live.stdout!.on("data", (text: Buffer) => String(text).includes("the loop is running") && resolve());
});
const shared =
  flags.brokers === undefined
    ? await openShared(dir)
    : {
        backbone: await createKafkaBackbone({ brokers: flags.brokers.split(",") }),
        registry: createConfluentRegistry({ url: flags.registry! }),
      };
const client = createClient(shared);

/** Asks at a steady rate, whatever the answers take. @returns the 99th percentile, ms. */
async function round(): Promise<number> {
  const gap = 1_000 / Number(flags.rate);
  const count = Math.round(Number(flags.seconds) * Number(flags.rate));
  const started = performance.now();
  const answers: Promise<number>[] = [];
  for (let i = 0; i < count; i++) {
    const due = started + i * gap;
    await delay(Math.max(0, due - performance.now()));
    const context = { distance: 500, origin: "JFK", dest: "BOS", carrier: "B6" };
    const asked = client.getDecision("flight-delays", { unit: `u${i % 100}`, context }, { timeout: 10_000 });
    // From when it was due: a late question waits too.
    answers.push(asked.then(() => performance.now() - due));
  }
  const times = (await Promise.all(answers)).sort((a, b) => a - b);
  return times[Math.ceil(0.99 * times.length) - 1]!;
}

async function besideReplay(): Promise<number> {
  const child = loopstream(["replay", "--use-case", "flight-delays", "--fresh", "--json", "--pace", flags.pace]);
  child.stdout!.resume();
  // A replay reads what there is first: what is measured is its work.
  await delay(3_000);
  const p99 = await round();
  if (child.exitCode !== null) console.error("the replay was over before the round: its ratio says less");
  child.kill("SIGKILL");
  await once(child, "close");
  return p99;
}

try {
  await round();
  const [alone, beside, ratios] = [[], [], []] as [number[], number[], number[]];
  for (let each = 0; each < Number(flags.rounds); each++) {
    const first = each % 2 === 0 ? await round() : await besideReplay();
    const second = each % 2 === 0 ? await besideReplay() : await round();
    const [without, with_] = each % 2 === 0 ? [first, second] : [second, first];
    alone.push(without);
    beside.push(with_);
    ratios.push(with_ / without);
  }
  console.log(
    markdown(
      ["", "p99 in ms, median (middle half)"],
      [
        ["alone", spread(alone)],
        [`beside a replay, pace ${flags.pace}`, spread(beside)],
        ["ratio", spread(ratios)],
      ],
    ),
  );
} finally {
  await client.close();
  live.removeAllListeners("exit");
  live.kill("SIGTERM");
  await once(live, "close");
  rmSync(dir, { recursive: true, force: true });
  // What is connected to a log that has closed is left to the end of the process.
  process.exit();
}
