/**
 * `npm run bench:burst [-- --rate 200 --times 10 --seconds 25 --padding 0 --backlogs 100000,300000 --embedded]`: the
 * effect of a burst on the memory of the loop's process. It asks at a steady rate, then so many times as fast for a
 * while, then waits until all is answered. With a new process each, it also works off backlogs of different lengths: if
 * memory is bounded, they need the same.
 */
import { parseArgs } from "node:util";
import { soakBlueprints, soakOrphanMs } from "./soak/blueprints.ts";
import { residentBytes } from "./soak/memory.ts";
import { openPlace } from "./soak/place.ts";
import { Traffic } from "./soak/traffic.ts";
import { WatchedProcess } from "./soak/watched-process.ts";
import { markdown, median } from "./rounds.ts";

const { values: flags } = parseArgs({
  options: {
    rate: { type: "string", default: "200" },
    times: { type: "string", default: "10" },
    seconds: { type: "string", default: "25" },
    padding: { type: "string", default: "0" },
    backlogs: { type: "string", default: "100000,300000" },
    partitions: { type: "string", default: "4" },
    embedded: { type: "boolean", default: false },
  },
});
const [rate, times, seconds, padding] = [flags.rate, flags.times, flags.seconds, flags.padding].map(Number) as [
  number,
  number,
  number,
  number,
];
const SAMPLE_MS = 500;
const STEADY_SECONDS = 20;
const GIVE_UP_SECONDS = 300;
const MIB = 1 << 20;

interface Phase {
  readonly name: string;
  readonly seconds: number;
  readonly resident: readonly number[];
  readonly mostBehind: number;
  readonly mostQueued: number;
  readonly heap: number;
  readonly answered: number;
}

const place = await openPlace(flags.embedded);
const settings = {
  ...place.settings,
  partitions: Number(flags.partitions),
  blueprints: soakBlueprints,
  orphanMs: soakOrphanMs,
};
let loop = await WatchedProcess.start(settings);
process.once("SIGINT", () => {
  loop.kill();
  void place.close().then(() => process.exit(130));
});

/** Samples until `over`; the collected heap is taken at the end. */
async function phase(name: string, traffic: Traffic, over: (elapsed: number) => boolean, backlog = 0): Promise<Phase> {
  const started = performance.now();
  const from = traffic.heard().replies;
  const resident: number[] = [];
  let [mostBehind, mostQueued] = [0, 0];
  for (let elapsed = 0; !over(elapsed) && elapsed < GIVE_UP_SECONDS; elapsed = (performance.now() - started) / 1_000) {
    await new Promise((resolve) => setTimeout(resolve, SAMPLE_MS));
    resident.push(residentBytes(loop.pid));
    mostQueued = Math.max(mostQueued, await loop.queuedBytes());
    mostBehind = Math.max(mostBehind, backlog + traffic.behind);
  }
  const lasted = (performance.now() - started) / 1_000;
  const answered = (traffic.heard().replies - from) / lasted;
  return { name, seconds: lasted, resident, mostBehind, mostQueued, heap: (await loop.memory()).heap, answered };
}

async function openTraffic(): Promise<{ readonly traffic: Traffic; close(): Promise<void> }> {
  const connection = await place.connect();
  const traffic = await Traffic.open({
    ...connection,
    ...{ rate, padding, eventTime: Date.now, trainedShare: 0, observedAfterMs: 5_000, eventsPerRequest: 0.02 },
    unansweredSeconds: Number.POSITIVE_INFINITY,
  });
  return {
    traffic,
    async close() {
      await traffic.close();
      await connection.close();
    },
  };
}

function shown(phases: readonly Phase[]): string {
  const mib = (bytes: number): string => (bytes / MIB).toFixed(0);
  return markdown(
    ["phase", "s", "answered/s", "most behind", "resident MiB: median", "most", "most queued MiB", "heap after, MiB"],
    phases.map(({ name, seconds: lasted, resident, mostBehind, mostQueued, heap, answered }) => [
      name,
      lasted.toFixed(0),
      answered.toFixed(0),
      String(mostBehind),
      mib(median(resident)),
      mib(Math.max(...resident)),
      (mostQueued / MIB).toFixed(1),
      mib(heap),
    ]),
  );
}

try {
  const steady = await openTraffic();
  const { traffic } = steady;
  traffic.start();
  const phases = [await phase(`${rate}/s`, traffic, (elapsed) => elapsed >= STEADY_SECONDS)];
  traffic.rate = rate * times;
  phases.push(await phase(`${rate * times}/s`, traffic, (elapsed) => elapsed >= seconds));
  traffic.rate = rate;
  phases.push(await phase("until caught up", traffic, () => traffic.behind <= rate));
  phases.push(await phase(`${rate}/s again`, traffic, (elapsed) => elapsed >= STEADY_SECONDS));
  await steady.close();
  console.log(`\n${flags.embedded ? "embedded log" : "Kafka"}, contexts of ${padding} bytes more\n\n${shown(phases)}`);

  const backlogs: Phase[] = [];
  for (const backlog of flags.backlogs.split(",").map(Number)) {
    if (flags.embedded || backlog === 0) continue;
    await loop.stop();
    const preload = await openTraffic();
    await preload.traffic.preload(backlog);
    await preload.close();
    // The replies are heard from here on.
    const heard = await openTraffic();
    heard.traffic.rate = 0;
    heard.traffic.start();
    loop = await WatchedProcess.start(settings);
    backlogs.push(
      await phase(`backlog of ${backlog}`, heard.traffic, () => heard.traffic.answered >= backlog, backlog),
    );
    await heard.close();
  }
  if (backlogs.length > 0) console.log(`\n${shown(backlogs)}`);
  for (const failure of loop.failures) console.log(`FAILED: ${failure}`);
  process.exitCode = loop.failures.length === 0 ? 0 : 1;
  await loop.stop();
} finally {
  loop.kill();
  await place.close();
}
