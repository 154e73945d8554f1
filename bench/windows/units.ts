/**
 * `npm run bench:units [-- --units 5000000 --seconds 60 --engine leveldb --state disk --node="--max-semi-space-size=32"]`: three windows of each of very many units in one process of the
 * loop. They are filled, then decisions and events come at a steady rate, and the process's memory is watched; then it starts without its local state.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { publishBlueprint } from "../../loop/index.ts";
import { decisionReplies, decisionRequests, events } from "../../schemas/index.ts";
import { partitionOf, replyHeaders } from "../../streams/index.ts";
import { askAtRates } from "../decisions/ask-at-rates.ts";
import { cpuSeconds, residentMiB } from "../decisions/measure.ts";
import { startLoopProcess, type LoopProcess } from "../product/loop-process.ts";
import { openPlace, PARTITIONS } from "../product/place.ts";
import { toolsOf } from "../product/trained.ts";
import { folderBytes } from "../soak/memory.ts";
import { seeded } from "../soak/random.ts";

const { values: flags } = parseArgs({
  options: {
    units: { type: "string", default: "5000000" },
    seconds: { type: "string", default: "60" },
    rate: { type: "string", default: "2000" },
    events: { type: "string", default: "4000" },
    engine: { type: "string", default: "leveldb" },
    state: { type: "string", default: "disk" },
    node: { type: "string", default: "" },
  },
});
const [units, seconds, rate] = [Number(flags.units), Number(flags.seconds), Number(flags.rate)];
const eventsPerSecond = Number(flags.events);
const DAY = 24 * 3_600_000;
const CALL = 5_000;
const SLICE_MS = 10;
const MIB = 1 << 20;

const blueprint = `
useCase: units
decisionSpace: boolean
context: { x: number }
events: { visit: { fields: [minutes] } }
features:
  - x
  - n_1d: { count: true, of: visit, by: unit, in: 1d, state: ${flags.state} }
  - m_7d: { mean: minutes, of: visit, by: unit, in: 7d, state: ${flags.state} }
  - s_30d: { sum: minutes, of: visit, by: unit, in: 30d, state: ${flags.state} }
observations: { y: number }
label: { name: hit, value: y > 0.5, wait: 20m, default: 0 }
policy: { decide: hit > 0.5 }
training: { schedule: none, freshRows: none }
`;

const random = seeded(7);
const visit = (unit: number, time: number) => {
  const value = { kind: "visit", attributes: { unit: `user-${unit}`, minutes: Math.floor(random() * 60) } };
  return { topic: events, key: `user-${unit}`, value, time };
};

const dir = mkdtempSync(join(tmpdir(), "loopstream-bench-"));
const log = join(dir, "log.txt");
const place = await openPlace("embedded");
const args = ["--state-engine", flags.engine];
const nodeFlags = flags.node.split(" ").filter((flag) => flag !== "");
let loop: LoopProcess | undefined;
try {
  const starting = { ...place, startArgs: [...place.startArgs, ...args] };
  loop = await startLoopProcess(starting, log, nodeFlags);
  await loop.until(1, "loopstream_tasks");
  const access = await place.open();
  const tools = await toolsOf(access);
  await publishBlueprint(tools, blueprint);

  const began = performance.now();
  for (let from = 0; from < units; from += CALL) {
    const now = Date.now();
    const count = Math.min(CALL, units - from);
    await tools.publisher.publish(
      Array.from({ length: count }, (_, at) => visit(from + at, now - Math.floor(random() * 29 * DAY))),
    );
    if (from % 500_000 === 0) say(`${from.toLocaleString("en")} units published`);
  }
  await folded(loop, units);
  say(`filled: ${units.toLocaleString("en")} units in ${seconds1(began)} s, ${memory(loop)}`);

  const resident: number[] = [];
  const watch = setInterval(() => resident.push(residentMiB(loop!.process.pid).now), 1_000);
  let told = 0;
  let telling = true;
  const tells = (async () => {
    for (const started = performance.now(); telling; await sleep(SLICE_MS)) {
      const due = Math.floor(((performance.now() - started) * eventsPerSecond) / 1_000);
      if (due === told) continue;
      const now = Date.now();
      const some = Array.from({ length: due - told }, () => visit(Math.floor(random() * units), now));
      told = due;
      await tools.publisher.publish(some);
    }
  })();
  const cpu = cpuSeconds(loop.process.pid);
  const run = Date.now().toString(36);
  await tools.serdes.open(decisionRequests);
  const [latency] = await askAtRates({
    backbone: access.backbone,
    make(index, time) {
      const decisionId = `${run}-${index}`;
      const unit = `user-${Math.floor(random() * units)}`;
      const correlation = Buffer.alloc(4);
      correlation.writeInt32BE(index);
      const key = Buffer.from(decisionId);
      const value = {
        decisionId,
        useCase: "units",
        unit,
        context: { x: 1 },
        deferred: false,
        logged: null,
        answered: null,
        candidates: [],
      };
      return {
        ...{ topic: decisionRequests.name, partition: partitionOf(key, PARTITIONS), timestamp: time, key },
        value: tools.serdes.encode(decisionRequests, value),
        headers: replyHeaders(decisionReplies.name, 0, correlation),
      };
    },
    ...{ replies: { topic: decisionReplies.name, partition: 0 }, rates: [rate], seconds, warmUpSeconds: 5 },
  });
  telling = false;
  await tells;
  clearInterval(watch);
  await folded(loop, units + told);
  say(`${rate} decisions/s and ${eventsPerSecond} events/s for ${seconds} s: ${JSON.stringify(latency)}`);
  say(`resident: at most ${Math.max(...resident).toFixed(0)} MiB in it; ${memory(loop)}`);
  say(
    `CPU: ${(((cpuSeconds(loop.process.pid) - cpu) / (rate * (seconds + 5))) * 1e6).toFixed(0)} µs a decision with its share of events`,
  );
  say(`dead letters: ${await loop.count("loopstream_dead_letters_total")}`);
  await tools.close();
  await access.close();
  await loop.process.end();

  rmSync(place.stateDir, { recursive: true });
  const again = performance.now();
  const lines = readFileSync(log, "utf8").length;
  loop = await startLoopProcess(starting, log, nodeFlags);
  await folded(loop, units + told);
  await loop.until(1, "loopstream_tasks");
  say(`without its local state: there again after ${seconds1(again)} s, ${memory(loop)}`);
  const progress = readFileSync(log, "utf8")
    .slice(lines)
    .split("\n")
    .filter((line) => /records|left|restor/i.test(line));
  say(`its log in between:\n${progress.slice(0, 6).join("\n")}`);
  await loop.process.end();
} finally {
  await loop?.process.end();
  await place.close();
  rmSync(dir, { recursive: true, force: true });
}

/** Waits until the process has folded so many events. */
async function folded(of: LoopProcess, count: number): Promise<void> {
  await of.until(count, "loopstream_globals_offset", 'topic="events"');
}

function memory(of: LoopProcess): string {
  const { now, peak } = residentMiB(of.process.pid);
  const disk = folderBytes(place.stateDir) / MIB;
  return `resident ${now.toFixed(0)} MiB (at most ${peak.toFixed(0)}), ${disk.toFixed(0)} MiB of state on disk`;
}

function say(line: string): void {
  console.log(line);
}

function seconds1(since: number): string {
  return ((performance.now() - since) / 1_000).toFixed(1);
}
