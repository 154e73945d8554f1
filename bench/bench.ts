/** `npm run bench`: one decision's work on this runtime and on its peers, side by side. docs/performance.md says what is measured and why. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { prepareGround } from "./decisions/ground.ts";
import { measureLatency, type Latency } from "./decisions/latency.ts";
import type { Guarantee } from "./decisions/peer-options.ts";
import { guarantees, peerNames, preparePeers, type PeerName } from "./decisions/peers.ts";
import { preloadRequests } from "./decisions/preload.ts";
import { report, type Result } from "./decisions/report.ts";
import { measureThroughput, type Throughput } from "./decisions/throughput.ts";

const { values: flags } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    rounds: { type: "string" },
    peers: { type: "string", default: peerNames.join(",") },
    guarantees: { type: "string", default: guarantees.join(",") },
    warm: { type: "boolean", default: false },
    requests: { type: "string" },
    only: { type: "string", default: "throughput,latency" },
    client: { type: "string", default: "kafkajs" },
    seconds: { type: "string" },
  },
});
const { quick } = flags;
const rounds = Number(flags.rounds ?? (quick ? 1 : 5));
const backlog = Number(flags.requests ?? (quick ? 50_000 : 200_000));
const warmBacklog = 800_000;
const names = flags.peers.split(",") as PeerName[];
const wanted = flags.guarantees.split(",") as Guarantee[];
const parts = flags.only.split(",");
const latencyOptions = {
  rates: [100, 500, 2_000],
  seconds: Number(flags.seconds ?? (quick ? 5 : 10)),
  warmUpSeconds: quick ? 5 : 15,
};

const peers = await preparePeers(names, ["--client", flags.client]);
const contenders = wanted.flatMap((guarantee) => names.map((name) => ({ name, guarantee, peer: peers.get(name)! })));
const ground = await prepareGround();
const results: Result[] = [];
try {
  const backlogs: (readonly [topic: string, count: number, kind: "cold" | "warm"])[] = [];
  if (parts.includes("throughput")) {
    backlogs.push(["backlog", backlog, "cold"]);
    if (flags.warm) backlogs.push(["warm-backlog", warmBacklog, "warm"]);
  }
  for (const [topic, count] of backlogs) await preloadRequests(ground.backbone, topic, count);
  for (let round = 0; round < rounds; round++) {
    for (let at = 0; at < contenders.length; at++) {
      const { name, guarantee, peer } = contenders[(at + round) % contenders.length]!;
      for (const [topic, count, kind] of backlogs) {
        const throughput = await measureThroughput(ground, peer, guarantee, topic, count);
        results.push({ kind, peer: name, guarantee, round, throughput });
        log(name, guarantee, round, kind, throughput);
      }
      if (parts.includes("latency")) {
        const latency = await measureLatency(ground, peer, guarantee, `${name}-${guarantee}-${round}`, latencyOptions);
        results.push({ kind: "latency", peer: name, guarantee, round, latency });
        for (const each of latency) logLatency(name, guarantee, round, each);
      }
    }
  }
} finally {
  await ground.close();
}
const text = report(results);
console.log(`\n${text}`);
const folder = join(import.meta.dirname, "results");
mkdirSync(folder, { recursive: true });
const stamp = new Date().toISOString().replaceAll(":", "").slice(0, 15);
writeFileSync(join(folder, `${stamp}.md`), text);
writeFileSync(join(folder, `${stamp}.json`), `${JSON.stringify(results, null, 1)}\n`);
console.log(`written to bench/results/${stamp}.md and .json`);

function log(
  name: string,
  guarantee: string,
  round: number,
  kind: string,
  { whole, second, peakMiB }: Throughput,
): void {
  const of = kind === "warm" ? second : whole;
  const figures = `${(of.perSecond / 1_000).toFixed(1)} k/s, ${of.cpuMicrosPerDecision.toFixed(1)} µs CPU`;
  console.log(`${round + 1}/${rounds} ${name} ${guarantee} ${kind}: ${figures}, ${peakMiB.toFixed(0)} MiB`);
}

function logLatency(name: string, guarantee: string, round: number, { rate, p50, p99, lost }: Latency): void {
  const missing = lost > 0 ? `, ${lost} LOST` : "";
  console.log(
    `${round + 1}/${rounds} ${name} ${guarantee} at ${rate}/s: p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms${missing}`,
  );
}
