/**
 * `npm run bench:models [-- --models 1000 --rate 200 --seconds 15 --rounds 4 --idle 420]`
 *
 * Very many use cases in one process of the loop on the embedded log, each with a model of its own. This process asks at a steady rate, in rounds in turn: always
 * one use case; all of them alike; all of them by Zipf's law. Prints latencies with ratios to those of one, and the memory of the loop: with all models in use, and
 * after so many seconds in which one alone was; then how long the others' first decisions take.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { decisionReplies, decisionRequests } from "../../schemas/index.ts";
import { partitionOf, replyHeaders } from "../../streams/index.ts";
import { askAtRates } from "../decisions/ask-at-rates.ts";
import type { Latency } from "../decisions/latency.ts";
import { cpuSeconds, residentMiB } from "../decisions/measure.ts";
import { startLoopProcess } from "../product/loop-process.ts";
import { openPlace, PARTITIONS } from "../product/place.ts";
import { toolsOf, trainFor } from "../product/trained.ts";
import { workOf } from "../product/works/index.ts";
import { markdown, spread } from "../rounds.ts";
import { seeded } from "../soak/random.ts";
import { publishMany, useCaseOf } from "./many-models.ts";
import { zipf } from "./zipf.ts";

const { values: flags } = parseArgs({
  options: {
    models: { type: "string", default: "1000" },
    rate: { type: "string", default: "200" },
    seconds: { type: "string", default: "15" },
    rounds: { type: "string", default: "4" },
    idle: { type: "string", default: "420" },
  },
});
const [count, rate, seconds, rounds, idle] = [flags.models, flags.rate, flags.seconds, flags.rounds, flags.idle].map(
  Number,
) as [number, number, number, number, number];
const random = seeded(11);
const skewed = zipf(count, random);
const uses: Readonly<Record<string, () => number>> = {
  one: () => 0,
  alike: () => Math.floor(random() * count),
  "by Zipf's law": skewed,
};
const work = workOf("numbers");
const contexts = work.lives(1_000).map(({ request }) => (request.value as { readonly context: object }).context);

const dir = mkdtempSync(join(tmpdir(), "loopstream-bench-"));
const place = await openPlace("embedded");
const trained = await trainFor(work);
let loop = await startLoopProcess(place, join(dir, "log.txt"));
try {
  await loop.until(1, "loopstream_tasks");
  await loop.process.end();
  const access = await place.open();
  const tools = await toolsOf(access);
  const began = performance.now();
  await publishMany(tools, work, trained, count, (published) => say(`${published} models published`));
  await tools.close();
  await access.close();
  say(`published in ${((performance.now() - began) / 1_000).toFixed(0)} s; a file has ${trained.onnx.length} bytes`);

  const starting = performance.now();
  loop = await startLoopProcess(place, join(dir, "log.txt"));
  await loop.until(1, "loopstream_tasks");
  say(`started in ${((performance.now() - starting) / 1_000).toFixed(1)} s; ${memory()}`);
  const client = await place.open();
  const asking = await toolsOf(client);
  await asking.serdes.open(decisionRequests);
  const run = Date.now().toString(36);
  let asked = 0;
  const ask = async (next: () => number, length: number, warmUpSeconds: number): Promise<Latency> => {
    const [latency] = await askAtRates({
      backbone: client.backbone,
      make(index, time) {
        const decisionId = `${run}-${asked++}`;
        const correlation = Buffer.alloc(4);
        correlation.writeInt32BE(index);
        const key = Buffer.from(decisionId);
        const value = {
          ...{ decisionId, useCase: useCaseOf(work, next()), unit: decisionId, context: contexts[asked % 1_000] },
          ...{ deferred: false, logged: null, candidates: [], answered: null },
        };
        return {
          ...{ topic: decisionRequests.name, partition: partitionOf(key, PARTITIONS), timestamp: time, key },
          value: asking.serdes.encode(decisionRequests, value as never),
          headers: replyHeaders(decisionReplies.name, 0, correlation),
        };
      },
      ...{ replies: { topic: decisionReplies.name, partition: 0 }, rates: [rate], seconds: length, warmUpSeconds },
    });
    return latency!;
  };
  let each = 0;
  const inTurn = (): number => each++ % count;
  const first = await ask(inTurn, Math.ceil(count / rate), 0);
  say(`the first decisions of all: p50 ${first.p50.toFixed(1)}, p99 ${first.p99.toFixed(1)} ms; ${memory()}`);

  const found = new Map<string, Latency[]>(Object.keys(uses).map((name) => [name, []]));
  const cpu = new Map<string, number>(Object.keys(uses).map((name) => [name, 0]));
  for (let round = -1; round < rounds; round++) {
    const order = Object.entries(uses);
    for (let at = 0; at < order.length; at++) {
      const [name, next] = order[(at + round + 1) % order.length]!;
      const before = cpuSeconds(loop.process.pid);
      const latency = await ask(next, seconds, 1);
      if (round < 0) continue;
      found.get(name)!.push(latency);
      cpu.set(name, cpu.get(name)! + cpuSeconds(loop.process.pid) - before);
      say(`round ${round + 1}, ${name}: p50 ${latency.p50.toFixed(2)}, p99 ${latency.p99.toFixed(2)} ms; ${memory()}`);
    }
  }
  console.log(table(found));
  for (const [name, spent] of cpu) {
    say(`${name}: ${((spent / (rounds * (rate * seconds + 2_000))) * 1e6).toFixed(0)} µs of processor a decision`);
  }

  const busy = memory();
  await ask(uses["one"]!, idle, 0);
  say(`after ${idle} s with one model in use: ${memory()}; before: ${busy}`);
  const again = await ask(inTurn, Math.ceil(count / rate), 0);
  say(
    `the first decisions of all afterwards: p50 ${again.p50.toFixed(1)}, p99 ${again.p99.toFixed(1)} ms; ${memory()}`,
  );
  const answers = await loop.count("loopstream_decisions_total");
  const without = answers - (await loop.count("loopstream_decisions_total", 'reason="exploit"'));
  say(`${answers} decisions, of which ${without} not by a model`);
  await asking.close();
  await client.close();
} finally {
  await loop.process.end();
  await place.close();
  rmSync(dir, { recursive: true, force: true });
}
process.exit();

function table(found: ReadonlyMap<string, readonly Latency[]>): string {
  const one = found.get("one")!;
  const rows = [...found].map(([name, all]) => [
    name,
    ...(["p50", "p99"] as const).flatMap((at) => [
      spread(all.map((latency) => latency[at])),
      spread(all.map((latency, round) => latency[at] / one[round]![at])),
    ]),
  ]);
  return markdown(["use", "p50, ms", "ratio to one", "p99, ms", "ratio to one"], rows);
}

function memory(): string {
  const { now, peak } = residentMiB(loop.process.pid);
  return `resident ${now.toFixed(0)} MiB (at most ${peak.toFixed(0)})`;
}

function say(line: string): void {
  console.error(line);
}
