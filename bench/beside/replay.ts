/**
 * `npm run bench:replay [-- --rounds 20 --seconds 5 --rate 100 --pace 0.1 --until 2013-02-01 --embedded --brokers HOST:PORT --registry URL]`
 *
 * Does a replay slow the live loop? The loop runs as a process of its own, on a Kafka of the benchmark's own unless told otherwise, with days of flights behind it;
 * this one asks it for decisions at a steady rate, in rounds in which a replay works beside it and in rounds in which it stands still, in turn. Prints the p50,
 * p90 and p99 of both, their ratios, and the decisions the replay made meanwhile.
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
import { createConfluentRegistry, createPlatformaticBackbone, openShared } from "../streams/index.ts";
import { startKafka } from "../test/servers/kafka.ts";
import { startRegistry } from "../test/servers/registry.ts";
import { markdown, spread } from "./rounds.ts";

const { values: flags } = parseArgs({
  options: {
    rounds: { type: "string", default: "20" },
    seconds: { type: "string", default: "5" },
    rate: { type: "string", default: "100" },
    pace: { type: "string" },
    until: { type: "string", default: "2013-02-01" },
    embedded: { type: "boolean", default: false },
    brokers: { type: "string" },
    registry: { type: "string" },
  },
});
const [rounds, seconds, rate] = [flags.rounds, flags.seconds, flags.rate].map(Number) as [number, number, number];
const root = join(import.meta.dirname, "..");
const dir = mkdtempSync(join(tmpdir(), "loopstream-beside-"));
const own =
  flags.embedded || flags.brokers !== undefined
    ? undefined
    : { kafka: await startKafka(), registry: await startRegistry() };
const brokers = own?.kafka.brokers ?? flags.brokers;
const registryUrl = own?.registry.url ?? flags.registry ?? "";
const remote = brokers === undefined ? [] : ["--brokers", brokers, "--registry", registryUrl];
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

/** The flights' history up to a day, in a file of its own. @returns the file. */
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
  brokers === undefined
    ? await openShared(dir)
    : {
        backbone: await createPlatformaticBackbone({ brokers }),
        registry: createConfluentRegistry({ url: registryUrl }),
      };
const client = createClient(shared);

/** Asks at a steady rate, whatever the answers take, after half a second that is not counted. @returns milliseconds. */
async function ask(): Promise<readonly number[]> {
  const gap = 1_000 / rate;
  const warm = Math.round(rate / 2);
  const count = warm + Math.round(seconds * rate);
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
  return (await Promise.all(answers)).slice(warm);
}

const quantile = (times: readonly number[], share: number): number =>
  times.toSorted((a, b) => a - b)[Math.ceil(share * times.length) - 1]!;

/** A replay that begins anew when it is over, and stands still between the rounds it is to be measured in. */
class Neighbour {
  #child: ChildProcess | undefined;

  async start(): Promise<void> {
    const pace = flags.pace === undefined ? [] : ["--pace", flags.pace];
    this.#child = loopstream(["replay", "--use-case", "flight-delays", "--fresh", "--json", ...pace]);
    this.#child.stdout!.resume();
    // It makes its topics and looks through the history first. Only its work is measured.
    while ((await this.made()) === 0) await delay(100);
    this.stand();
  }

  /** Decisions that replays have written to their own topics so far. */
  async made(): Promise<number> {
    const topics = (await shared.backbone.topics()).filter((name) => /^replay-.*-\d+-decisions$/.test(name));
    const last = topics.sort((a, b) => attempt(a) - attempt(b)).slice(-1);
    return (await shared.backbone.offsets(last)).reduce((sum, { end }) => sum + end, 0);
  }

  stand(): void {
    this.#child!.kill("SIGSTOP");
  }

  async work(): Promise<void> {
    if (this.#child!.exitCode !== null) await this.start();
    this.#child!.kill("SIGCONT");
  }

  async end(): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null) return;
    child.kill("SIGKILL");
    await once(child, "close");
  }
}

const attempt = (topic: string): number => Number(/-(\d+)-decisions$/.exec(topic)![1]);
const neighbour = new Neighbour();

try {
  await ask();
  await neighbour.start();
  // The broker has made some dozen partitions for it.
  await ask();
  const [alone, beside]: [(readonly number[])[], (readonly number[])[]] = [[], []];
  const made: number[] = [];
  for (let round = 0; round < rounds; round++) {
    for (const replaying of round % 2 === 0 ? [false, true] : [true, false]) {
      if (!replaying) {
        alone.push(await ask());
        continue;
      }
      await neighbour.work();
      const before = await neighbour.made();
      beside.push(await ask());
      made.push((await neighbour.made()) - before);
      neighbour.stand();
    }
    const [without, with_] = [alone.at(-1)!, beside.at(-1)!].map((times) => quantile(times, 0.99).toFixed(1));
    console.error(`round ${round + 1} of ${rounds}: p99 ${without} alone, ${with_} ms beside, ${made.at(-1)} made`);
  }
  const shares = [0.5, 0.9, 0.99];
  const row = (name: string, all: readonly (readonly number[])[]): readonly string[] => [
    name,
    ...shares.map((share) => quantile(all.flat(), share).toFixed(2)),
  ];
  const ofRounds = shares.map((share) =>
    spread(beside.map((times, i) => quantile(times, share) / quantile(alone[i]!, share))),
  );
  const ofAll = shares.map((share) => (quantile(beside.flat(), share) / quantile(alone.flat(), share)).toFixed(2));
  const perSecond = made.reduce((sum, count) => sum + count, 0) / (rounds * seconds);
  console.log(
    `${rate} requests a second, ${rounds} rounds of ${seconds} s each, ${brokers === undefined ? "embedded log" : "Kafka"}; the replay made ` +
      `${perSecond.toFixed(0)} decisions a second meanwhile, pace ${flags.pace ?? "by default"}\n`,
  );
  console.log(
    markdown(
      ["all requests, ms", ...shares.map((share) => `p${share * 100}`)],
      [
        row("alone", alone),
        row("beside a replay", beside),
        ["ratio", ...ofAll],
        ["ratio by round, median (middle half)", ...ofRounds],
      ],
    ),
  );
} finally {
  await neighbour.end();
  await client.close();
  live.removeAllListeners("exit");
  live.kill("SIGTERM");
  await once(live, "close");
  await own?.registry.stop();
  await own?.kafka.stop();
  rmSync(dir, { recursive: true, force: true });
  // Connections to a closed log are left to the end of the process.
  process.exit();
}
