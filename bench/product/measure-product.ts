import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { clock } from "../../schemas/index.ts";
import { readRaw } from "../../streams/index.ts";
import { decisionTopology } from "../../topologies/index.ts";
import { readCpuProfile, type Share } from "../decisions/cpu-profile.ts";
import type { Latency, LatencyOptions } from "../decisions/latency.ts";
import { residentMiB } from "../decisions/measure.ts";
import { startLoopProcess, type LoopProcess, type Mark } from "./loop-process.ts";
import { openPlace, type Place, type PlaceName } from "./place.ts";
import { preload } from "./preload.ts";
import { publishWork, toolsOf, type Trained } from "./trained.ts";
import type { Figures } from "./report.ts";
import type { Work } from "./works/index.ts";

const HANDLED = "loopstream_records_handled_total";
const WRITTEN = "loopstream_records_written_total";
const DECIDED = 'operator="decide"';
const JOINED = 'operator="join"';
const HOUR = 3_600_000;
/** Longer than any work's wait for labels. */
const WAITS_MS = 40 * HOUR;
const QUIET_MS = 3_000;

/** A backlog on fresh topics, decided by `loopstream start`. */
export async function measureProduct(
  at: PlaceName,
  work: Work,
  trained: Trained,
  { decisions, profile }: { readonly decisions: number; readonly profile: boolean },
): Promise<Omit<Figures, "who" | "round">> {
  const dir = mkdtempSync(join(tmpdir(), "loopstream-bench-"));
  const place = await openPlace(at);
  try {
    const lives = work.lives(decisions);
    await withTools(place, async (tools) => {
      await publishWork(tools, work, trained);
      await preload(tools, lives, place.brokers !== undefined);
    });
    const profiles = join(dir, "profile");
    mkdirSync(profiles);
    const flags = profile ? ["--cpu-prof", "--cpu-prof-interval", "500", "--cpu-prof-dir", profiles] : [];
    const loop = await startLoopProcess(place, join(dir, "log.txt"), flags);
    const first = await loop.until(1, HANDLED, DECIDED);
    const half = await loop.until(decisions / 2, HANDLED, DECIDED);
    const joinedAtHalf = await loop.count(HANDLED, JOINED);
    const decided = await loop.until(decisions, HANDLED, DECIDED);
    const perSecond = ((decided.count - half.count) / (decided.at - half.at)) * 1_000;
    let last = await loop.until(decisions, HANDLED, JOINED);
    let rows = 0;
    if (work.rows) {
      await loop.until(decisions * 0.01, WRITTEN, 'topic="decisions"');
      const newest = Math.max(...lives.map(({ request }) => request.time));
      await withTools(place, async ({ publisher }) => {
        const time = newest + WAITS_MS;
        await publisher.publish([{ topic: clock, key: "clock", value: { time }, time, partition: 0 }]);
      });
      [rows, last] = await untilQuiet(loop);
      const letters = await loop.count("loopstream_dead_letters_total");
      if (letters > 0) throw new Error(`${work.name} at ${at}: ${letters} dead letters, so these are not whole lives`);
    }
    const memory = residentMiB(loop.process.pid).now;
    const behind = 1 - (half.count + joinedAtHalf) / (decided.count + (await loop.count(HANDLED, JOINED)));
    await loop.process.end();
    return {
      perSecond,
      cpuMicros: ((last.cpu - first.cpu) / (decisions - first.count)) * 1e6,
      warmMicros: ((last.cpu - half.cpu) / (decisions * behind)) * 1e6,
      residentMiB: memory,
      written: {
        disk: (last.writtenBytes - first.writtenBytes) / decisions,
        changelog: (await changelogBytes(place)) / decisions,
        rows,
      },
      ...(profile ? { rooms: roomsIn(profiles) } : {}),
    };
  } finally {
    await place.close();
    rmSync(dir, { recursive: true, force: true });
  }
}

async function withTools(
  place: Place,
  work: (tools: Awaited<ReturnType<typeof toolsOf>>) => Promise<void>,
): Promise<void> {
  const access = await place.open();
  try {
    const tools = await toolsOf(access);
    await work(tools);
    await tools.close();
  } finally {
    await access.close();
  }
}

/** All rows are made, and steps of them, once nothing waits and no more come. */
async function untilQuiet(loop: LoopProcess): Promise<readonly [rows: number, last: Mark]> {
  const label = 'topic="training-rows';
  let last = await loop.until(1, WRITTEN, label);
  for (let quiet = performance.now(); performance.now() - quiet < QUIET_MS; await sleep(200)) {
    const now = await loop.until(last.count, WRITTEN, label);
    const waiting = (await loop.count("loopstream_queued_records")) + (await loop.count("loopstream_lag_records"));
    if (now.count === last.count && waiting === 0) continue;
    last = now;
    quiet = performance.now();
  }
  return [last.count, last];
}

/** Keys and values, as they lie there: records compacted away by then are not counted. */
async function changelogBytes(place: Place): Promise<number> {
  const { subTopologies } = decisionTopology({
    name: "loopstream",
    scorers: () => Promise.reject(new Error("nothing is scored here")),
    salt: "loopstream",
  });
  const access = await place.open();
  let bytes = 0;
  for (const { changelog } of subTopologies) {
    for await (const records of readRaw(access.backbone, changelog)) {
      for (const { key, value } of records) bytes += (key?.length ?? 0) + (value?.length ?? 0);
    }
  }
  await access.close();
  return bytes;
}

function roomsIn(folder: string): readonly Share[] {
  const [file] = readdirSync(folder).filter((name) => name.endsWith(".cpuprofile"));
  if (file === undefined) throw new Error("the loop left no profile: it did not end by itself");
  return readCpuProfile(join(folder, file)).places;
}

/** `loopstream start` on fresh topics, and one client in a process of its own. */
export async function measureProductLatency(
  at: PlaceName,
  work: Work,
  trained: Trained,
  { rates, seconds, warmUpSeconds }: LatencyOptions,
): Promise<readonly Latency[]> {
  const dir = mkdtempSync(join(tmpdir(), "loopstream-bench-"));
  const place = await openPlace(at);
  try {
    await withTools(place, (tools) => publishWork(tools, work, trained));
    const loop = await startLoopProcess(place, join(dir, "log.txt"));
    try {
      await loop.until(1, "loopstream_tasks");
      const client = join(import.meta.dirname, "client.ts");
      const args = ["--work", work.name, "--rates", rates.join(","), "--seconds", String(seconds)];
      const { stdout } = await promisify(execFile)(process.execPath, [
        ...[client, ...args, "--warmup", String(warmUpSeconds)],
        ...place.clientArgs,
      ]);
      const lines = stdout.trim().split("\n");
      return lines.map((line) => JSON.parse(line) as Latency);
    } finally {
      await loop.process.end();
    }
  } finally {
    await place.close();
    rmSync(dir, { recursive: true, force: true });
  }
}
