/**
 * `npm run bench:keyed [-- --keys 1000000 --seconds 20 --rate 100 --rounds 3]`: windows with `state: keyed` on three processes and
 * a broker of their own. Decisions with such a window beside decisions without it, in turn; then values against the
 * events; then a process is killed.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { publishBlueprint } from "../../loop/index.ts";
import { decisionReplies, decisionRequests, decisions, events } from "../../schemas/index.ts";
import { partitionOf, readTopic, replyHeaders } from "../../streams/index.ts";
import { askAtRates } from "../decisions/ask-at-rates.ts";
import { residentMiB } from "../decisions/measure.ts";
import { startLoopProcess, type LoopProcess } from "../product/loop-process.ts";
import { openPlace, PARTITIONS } from "../product/place.ts";
import { toolsOf } from "../product/trained.ts";
import { median } from "../rounds.ts";
import { folderBytes } from "../soak/memory.ts";
import { seeded } from "../soak/random.ts";

const { values: flags } = parseArgs({
  options: {
    keys: { type: "string", default: "1000000" },
    seconds: { type: "string", default: "20" },
    rate: { type: "string", default: "100" },
    rounds: { type: "string", default: "3" },
  },
});
const [keys, seconds, rate, rounds] = [flags.keys, flags.seconds, flags.rate, flags.rounds].map(Number) as [
  number,
  number,
  number,
  number,
];
const HOUR = 3_600_000;
const CALL = 5_000;
const MIB = 1 << 20;
const QUIET_MS = 5_000;
const LATE = ["loopstream_window_lookups_total", 'outcome="late"'] as const;

const blueprint = (useCase: string, window: string): string => `
useCase: ${useCase}
decisionSpace: boolean
context: { x: number, device: key }
events: { seen: { fields: [device, load] } }
features:
  - x
${window}observations: { y: number }
label: { name: hit, value: y > 0.5, wait: 20m, default: 0 }
policy: { decide: hit > 0.5 }
training: { schedule: none, freshRows: none }
`;
const works = {
  with: blueprint("with", "  - n_7d: { count: true, of: seen, by: device, in: 7d, state: keyed }\n"),
  without: blueprint("without", ""),
};

const random = seeded(7);
const dir = mkdtempSync(join(tmpdir(), "loopstream-bench-"));
const place = await openPlace("kafka exactly-once");
const loops: LoopProcess[] = [];
const homes = [0, 1, 2].map((at) => join(dir, `home-${at}`));
const startOne = async (at: number): Promise<void> => {
  const startArgs = ["--dir", homes[at]!, ...place.startArgs.slice(2)];
  loops[at] = await startLoopProcess({ ...place, startArgs }, join(dir, `log-${at}.txt`));
  await loops[at].until(1, "loopstream_globals_offset", 'topic="blueprints"');
};
try {
  const access = await place.open();
  const tools = await toolsOf(access);
  for (const text of Object.values(works)) await publishBlueprint(tools, text);
  for (const at of homes.keys()) await startOne(at);

  const counts = new Uint8Array(keys);
  const began = performance.now();
  const total = 2 * keys;
  for (let from = 0; from < total; from += CALL) {
    const now = Date.now();
    const some = Array.from({ length: Math.min(CALL, total - from) }, (_, at) => {
      const device = from + at < keys ? from + at : Math.floor(random() * keys);
      counts[device]!++;
      const value = { kind: "seen", attributes: { device: `device-${device}`, load: 1 } };
      return { topic: events, key: `device-${device}`, value, time: now - Math.floor(random() * 100 * HOUR) };
    });
    await tools.publisher.publish(some);
  }
  for (const loop of loops) await loop.until(total, "loopstream_globals_offset", 'topic="events"');
  await sleep(QUIET_MS);
  say(`${total.toLocaleString("en")} events of ${keys.toLocaleString("en")} keys in ${since(began)} s`);
  for (const [at, loop] of loops.entries()) {
    const { now } = residentMiB(loop.process.pid);
    const bytes = await loop.count("loopstream_part_bytes", 'place="disk"');
    const disk = folderBytes(homes[at]!) / MIB;
    say(
      `process ${at + 1}: resident ${now.toFixed(0)} MiB, ${(bytes / MIB).toFixed(0)} MiB of windows, ${disk.toFixed(0)} MiB on disk`,
    );
  }

  await tools.serdes.open(decisionRequests);
  const asked = new Map<string, number>();
  const ask = async (useCase: keyof typeof works, name: string, forSeconds: number) => {
    const [latency] = await askAtRates({
      backbone: access.backbone,
      make(index, time) {
        const decisionId = `${name}-${index}`;
        const device = Math.floor(random() * keys);
        if (useCase === "with") asked.set(decisionId, device);
        const correlation = Buffer.alloc(4);
        correlation.writeInt32BE(index);
        const key = Buffer.from(decisionId);
        const context = { x: 1, device: `device-${device}` };
        const value = {
          ...{ decisionId, useCase, unit: "u", context, deferred: false },
          ...{ logged: null, answered: null, candidates: [] },
        };
        return {
          ...{ topic: decisionRequests.name, partition: partitionOf(key, PARTITIONS), timestamp: time, key },
          value: tools.serdes.encode(decisionRequests, value),
          headers: replyHeaders(decisionReplies.name, 0, correlation),
        };
      },
      ...{ replies: { topic: decisionReplies.name, partition: 0 }, rates: [rate], seconds: forSeconds },
      warmUpSeconds: 3,
    });
    return latency!;
  };
  const found: Record<keyof typeof works, number[]> = { with: [], without: [] };
  for (let round = 0; round < rounds; round++) {
    for (const useCase of round % 2 === 0 ? (["with", "without"] as const) : (["without", "with"] as const)) {
      const latency = await ask(useCase, `${useCase}${round}`, seconds);
      found[useCase].push(latency.p99);
      say(`round ${round + 1}, ${useCase} a keyed window, ${rate}/s: ${JSON.stringify(latency)}`);
    }
  }
  say(`p99, median of ${rounds}: ${median(found.with).toFixed(1)} and ${median(found.without).toFixed(1)} ms`);

  let [right, wrong, missing] = [0, 0, 0];
  for await (const { value } of readTopic(access.backbone, tools.serdes, decisions)) {
    const device = asked.get(value.decisionId);
    if (device === undefined) continue;
    const count = value.features[1];
    if (count === counts[device]) right++;
    else if (count === null) missing++;
    else wrong++;
  }
  say(`values: ${right} right, ${missing} missing, ${wrong} wrong`);

  const late = async (): Promise<number> =>
    (await Promise.all([loops[0]!, loops[1]!].map((loop) => loop.count(...LATE)))).reduce((sum, n) => sum + n, 0);
  process.kill(loops[2]!.process.pid, "SIGKILL");
  const killed = performance.now();
  const before = await late();
  let [last, lastAt] = [before, killed];
  let over = false;
  const watching = (async () => {
    for (; !over; await sleep(200)) {
      const now = await late();
      if (now > last) [last, lastAt] = [now, performance.now()];
    }
  })();
  for (let part = 0; part < 4 || (performance.now() - lastAt < 15_000 && performance.now() - killed < 120_000); part++)
    await ask("with", `killed${part}`, 5);
  over = true;
  await watching;
  say(`killed: ${last - before} windows late, the last one after ${((lastAt - killed) / 1_000).toFixed(1)} s`);
  await tools.close();
  await access.close();
} finally {
  for (const loop of loops.slice(0, 2)) await loop.process.end();
  await loops[2]?.process.end().catch(() => undefined);
  await place.close();
  rmSync(dir, { recursive: true, force: true });
}

function say(line: string): void {
  console.log(line);
}

function since(from: number): string {
  return ((performance.now() - from) / 1_000).toFixed(1);
}
