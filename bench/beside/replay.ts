/**
 * `npm run bench:replay [-- --rounds 20 --seconds 5 --rate 100 --pace 0.1 --until 2013-02-01 --embedded --brokers HOST:PORT --registry URL]`
 *
 * Does a replay slow the live loop? The loop runs as a process of its own, on a Kafka of the benchmark's own unless told otherwise, with days of flights behind it;
 * this one asks it for decisions at a steady rate, in rounds in which a replay works beside it and in rounds in which it stands still, in turn. Prints the p50,
 * p90 and p99 of both, their ratios, and the decisions the replay made meanwhile.
 */
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";
import { compared, quantile } from "./compare.ts";
import { openLivePlace } from "./live-place.ts";

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
const place = await openLivePlace(flags);
const ask = (): Promise<readonly number[]> => place.ask(rate, seconds);

/** A replay that begins anew when it is over, and stands still between the rounds it is to be measured in. */
class Neighbour {
  #child: ChildProcess | undefined;

  async start(): Promise<void> {
    const pace = flags.pace === undefined ? [] : ["--pace", flags.pace];
    this.#child = place.loopstream(["replay", "--use-case", "flight-delays", "--fresh", "--json", ...pace]);
    this.#child.stdout!.resume();
    // It makes its topics and looks through the history first. Only its work is measured.
    while ((await this.made()) === 0) await delay(100);
    this.stand();
  }

  /** Decisions that replays have written to their own topics so far. */
  async made(): Promise<number> {
    const topics = (await place.backbone.topics()).filter((name) => /^replay-.*-\d+-decisions$/.test(name));
    const last = topics.sort((a, b) => attempt(a) - attempt(b)).slice(-1);
    return (await place.backbone.offsets(last)).reduce((sum, { end }) => sum + end, 0);
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
  const perSecond = made.reduce((sum, count) => sum + count, 0) / (rounds * seconds);
  console.log(
    `${rate} requests a second, ${rounds} rounds of ${seconds} s each, ${place.kind}; the replay made ` +
      `${perSecond.toFixed(0)} decisions a second meanwhile, pace ${flags.pace ?? "by default"}\n`,
  );
  console.log(compared(alone, { "beside a replay": beside }));
} finally {
  await neighbour.end();
  await place.close();
  // Connections to a closed log are left to the end of the process.
  process.exit();
}
