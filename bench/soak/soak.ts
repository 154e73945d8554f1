/**
 * `npm run soak [-- --minutes 20 --rate 1000 --embedded]`: a day of event time in twenty minutes. The loop runs in a process of its own and is watched:
 * memory, file handles and state must not grow after the first quarter. docs/operations.md says how to read it.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { markdown, median } from "../rounds.ts";
import { soakBlueprints, soakOrphanMs } from "./blueprints.ts";
import { folderBytes, openFiles, residentBytes } from "./memory.ts";
import { openPlace } from "./place.ts";
import { STREAMS, Traffic } from "./traffic.ts";
import { grows, trendOf } from "./trend.ts";
import { WatchedProcess } from "./watched-process.ts";

const { values: flags } = parseArgs({
  options: {
    minutes: { type: "string", default: "20" },
    rate: { type: "string", default: "1000" },
    embedded: { type: "boolean", default: false },
    partitions: { type: "string", default: "4" },
  },
});
const minutes = Number(flags.minutes);
const rate = Number(flags.rate);
const HOUR = 3_600_000;
const MINUTE = 60_000;
const SAMPLE_MS = 10_000;
const MIB = 1 << 20;
const EVENTS_PER_REQUEST = 0.02;

/**
 * Growth after the first quarter up to which nothing counts as a leak: a share of the median, or so many of the unit.
 * It is more than noise and a model take.
 */
const measures = {
  heap: { unit: MIB, name: "heap after collection, MiB", tolerance: { share: 0.05, absolute: 2 * MIB } },
  external: { unit: MIB, name: "buffers beside the heap, MiB", tolerance: { share: 0.05, absolute: 4 * MIB } },
  rss: { unit: MIB, name: "resident, MiB", tolerance: { share: 0.05 } },
  files: { unit: 1, name: "open file handles", tolerance: { share: 0.05, absolute: 3 } },
  state: { unit: MIB, name: "local state on disk, MiB", tolerance: { share: 0.1, absolute: 8 * MIB } },
} as const;
type Measure = keyof typeof measures;
type Sample = Readonly<Record<Measure, number>> & {
  readonly second: number;
  readonly sent: number;
  readonly replies: number;
  readonly queuedBytes: number;
  readonly p50: number;
  readonly p99: number;
};

const place = await openPlace(flags.embedded);
const partitions = Number(flags.partitions);
let loop: WatchedProcess | undefined;
process.once("SIGINT", () => {
  loop?.kill();
  void place.close().then(() => process.exit(130));
});
try {
  loop = await WatchedProcess.start({
    ...place.settings,
    partitions,
    blueprints: soakBlueprints,
    orphanMs: soakOrphanMs,
  });
  process.exitCode = (await soak(loop)) ? 0 : 1;
  await loop.stop();
} finally {
  loop?.kill();
  await place.close();
}

async function soak(watched: WatchedProcess): Promise<boolean> {
  const started = Date.now();
  const speed = (24 * HOUR) / (minutes * 60_000);
  const eventTime = (): number => started + (Date.now() - started) * speed;
  const connection = await place.connect();
  const traffic = await Traffic.open({
    ...connection,
    ...{
      rate,
      eventTime,
      trainedShare: 0.02,
      observedAfterMs: 5 * 60_000,
      eventsPerRequest: EVENTS_PER_REQUEST,
      unansweredSeconds: 5,
    },
  });
  console.log(
    `${rate} requests a second for ${minutes} minutes on ${flags.embedded ? "the embedded log" : "Kafka"}, ${partitions} partitions; ` +
      `event time runs ${speed.toFixed(0)} times as fast`,
  );
  // Event time follows the answers: if it were ahead of the loop, everything that the loop handles would be late.
  const ticker = setInterval(() => {
    if (traffic.answeredTime > 0) watched.tell({ kind: "tick", time: traffic.answeredTime - MINUTE });
  }, 1_000);
  // The day before: the windows then look back on as much as they ever will, and the first day shows no growth of its
  // own.
  await traffic.tellPast(Math.round(rate * minutes * 60 * EVENTS_PER_REQUEST), started - 24 * HOUR, started);
  traffic.start();
  const samples: Sample[] = [];
  let hour = 0;
  let trainings = 0;
  let training: Promise<void> | undefined;
  const end = started + minutes * 60_000;
  try {
    for (let next = started + SAMPLE_MS; next <= end && !watched.gone; next += SAMPLE_MS) {
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, next - Date.now())));
      const sample = await take(watched, traffic, (Date.now() - started) / 1_000);
      samples.push(sample);
      if (samples.length % 6 === 0) console.log(shown(sample));
      const now = Math.floor((eventTime() - started) / HOUR);
      if (now <= hour || training !== undefined) continue;
      hour = now;
      const until = Math.floor(eventTime());
      training = (async () => {
        // The large use case is trained twice, so that it has a model: its rows are all of the day's.
        const useCases = hour === 1 || hour === 3 ? STREAMS : STREAMS.slice(1);
        for (const useCase of useCases) {
          const outcome = await watched.train(useCase, until);
          trainings++;
          if (hour < 4) console.log(`  hour ${hour}, ${useCase}: ${outcome}`);
        }
      })().finally(() => (training = undefined));
      training.catch((error: unknown) => watched.failures.push(String(error)));
    }
    await training;
  } finally {
    clearInterval(ticker);
    await traffic.close();
    await connection.close();
  }
  return judged(samples, watched.failures, trainings);
}

async function take(watched: WatchedProcess, traffic: Traffic, second: number): Promise<Sample> {
  const rss = residentBytes(watched.pid);
  const { heap, external, queuedBytes } = await watched.memory();
  const { sent, replies, latencies } = traffic.heard();
  const sorted = latencies.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN;
  const state = folderBytes(join(place.settings.dir, "state"));
  return {
    second,
    heap,
    external,
    rss,
    files: openFiles(watched.pid),
    state,
    queuedBytes,
    sent,
    replies,
    p50: at(0.5),
    p99: at(0.99),
  };
}

function shown(sample: Sample): string {
  const mib = (bytes: number): string => (bytes / MIB).toFixed(0);
  const { second, heap, external, rss, files, state, sent, replies, p50, p99 } = sample;
  return (
    `${second.toFixed(0).padStart(5)} s  heap ${mib(heap)}  external ${mib(external)}  resident ${mib(rss)} MiB  files ${files}  state ${mib(state)} MiB  ` +
    `sent ${sent}, replies ${replies}, p50 ${p50.toFixed(0)} ms, p99 ${p99.toFixed(0)} ms`
  );
}

function judged(samples: readonly Sample[], failures: readonly string[], trainings: number): boolean {
  const quarter = Math.floor(samples.length / 4);
  const late = samples.slice(quarter);
  const [first, last] = [late[0]!, late.at(-1)!];
  const span = last.second - first.second;
  const answered = (last.replies - first.replies) / span;
  const asked = (last.sent - first.sent) / span;
  const results = (Object.keys(measures) as Measure[]).map((measure) => {
    const { unit, name, tolerance } = measures[measure];
    const values = late.map((sample) => sample[measure]);
    const trend = trendOf(values);
    return { measure, name, unit, trend, leak: grows(trend, tolerance), values };
  });
  const number = (value: number): string => value.toFixed(1);
  console.log(
    `\n${markdown(
      ["after the first quarter", "median", "growth", "95 % of resamples", "lowest–highest", ""],
      results.map(({ name, unit, trend, leak, values }) => [
        name,
        number(trend.median / unit),
        number(trend.growth / unit),
        `${number(trend.low / unit)} to ${number(trend.high / unit)}`,
        `${number(Math.min(...values) / unit)}–${number(Math.max(...values) / unit)}`,
        leak ? "GROWS" : "stays",
      ]),
    )}`,
  );
  const kept = answered >= 0.99 * asked && asked >= 0.95 * rate;
  const behind = last.sent - last.replies;
  console.log(
    `\nasked ${asked.toFixed(0)}/s of ${rate}, answered ${answered.toFixed(0)}/s (${kept ? "kept up" : "DID NOT KEEP UP"}); ` +
      `${behind} unanswered at the end; p50 ${median(late.map(({ p50 }) => p50)).toFixed(0)} ms, ` +
      `p99 ${median(late.map(({ p99 }) => p99)).toFixed(0)} ms (medians of ten-second figures); ` +
      `most queued ${(Math.max(...samples.map(({ queuedBytes }) => queuedBytes)) / MIB).toFixed(1)} MiB; ${trainings} trainings`,
  );
  for (const failure of failures) console.log(`FAILED: ${failure}`);
  const passed = results.every(({ leak }) => !leak) && failures.length === 0;
  console.log(passed ? "PASS: nothing grows" : "FAIL");
  const folder = join(import.meta.dirname, "../results");
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `soak-${flags.embedded ? "embedded" : "kafka"}-${minutes}m-${rate}.json`);
  const trends = Object.fromEntries(results.map(({ measure, trend, leak }) => [measure, { ...trend, leak }]));
  writeFileSync(
    file,
    `${JSON.stringify({ minutes, rate, asked, answered, passed, failures, trends, samples }, null, 1)}\n`,
  );
  console.log(`series: bench/results/${file.split("/").at(-1)}`);
  return passed;
}
