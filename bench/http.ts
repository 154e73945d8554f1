/**
 * `npm run bench:http [-- --rounds 10 --seconds 5 --rate 2000 --sockets 64 --bulk 50]`
 *
 * What does HTTP add? `loopstream start --http` runs on the embedded log, with a model in production. This process asks
 * it at a steady rate, in rounds in turn: by the loop's own client (over the log's socket), over HTTP one decision a
 * request, and over HTTP in bulks. Prints the decisions answered a second, the p50, p90 and p99 from the moment each was
 * due, and the ratio of each to the loop's own of the same round.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";
import { askedBlueprint } from "./asked-blueprint.ts";
import { createClient } from "../client/index.ts";
import { openLoopstream } from "../loop/index.ts";
import { openShared } from "../streams/index.ts";
import { HttpSockets } from "./http-sockets.ts";
import { markdown, quantile, spread } from "./rounds.ts";

const { values: flags } = parseArgs({
  options: {
    rounds: { type: "string", default: "10" },
    seconds: { type: "string", default: "5" },
    rate: { type: "string", default: "2000" },
    sockets: { type: "string", default: "64" },
    bulk: { type: "string", default: "50" },
  },
});
const [rounds, seconds, rate, sockets, bulk] = [flags.rounds, flags.seconds, flags.rate, flags.sockets, flags.bulk].map(
  Number,
) as [number, number, number, number, number];
const root = join(import.meta.dirname, "..");
const dir = mkdtempSync(join(tmpdir(), "loopstream-bench-http-"));
const TIMEOUT_MS = 10_000;

const asked = (at: number) => ({ unit: `u${at % 1_000}`, context: { x: (at * 7919) % 1_000, plan: "free" } });

/** A model in production, from rows of twenty minutes ago. */
async function prepare(): Promise<void> {
  const loop = await openLoopstream({ dir });
  await loop.publishBlueprint(askedBlueprint);
  const start = Date.now() - 20 * 60_000;
  for (let i = 0; i < 600; i++) {
    const [request, time] = [{ ...asked(i), decisionId: `row-${i}` }, start + i];
    await loop.getDecision("bench", request, { time, timeout: 30_000 });
    await loop.logObservations(`row-${i}`, { y: request.context.x > 500 ? 1 : 0 }, { time: time + 1 });
  }
  await loop.idle();
  const trained = await loop.train("bench");
  if (trained.kind !== "trained") throw new Error(`no model: ${JSON.stringify(trained).slice(0, 500)}`);
  await loop.promote(trained.model.modelId);
  await loop.close();
}

await prepare();
const args = [
  "--no-allocation-site-pretenuring",
  join(root, "cli/main.ts"),
  "start",
  "--json",
  "--http",
  "0",
  "--dir",
  dir,
];
const live = spawn(process.execPath, args, { cwd: root, stdio: ["ignore", "pipe", "inherit"] });
const port = await new Promise<number>((resolve, reject) => {
  let said = "";
  live.once("exit", () => reject(new Error(`the loop did not stay up: ${said}`)));
  live.stdout.on("data", (text: Buffer) => {
    said += text.toString();
    const found = /"port":(\d+),"msg":"HTTP is open"/.exec(said)?.[1];
    if (found !== undefined && said.includes("the loop is running")) resolve(Number(found));
  });
});
const shared = await openShared(dir);
const client = createClient(shared);
const connections = new HttpSockets(port, sockets);

const check = ({ reason }: { readonly reason: string }): void => {
  if (reason !== "exploit") throw new Error(`a decision was made without the model: ${reason}`);
};
const overHttp = (at: number) => ({ useCase: "bench", ...asked(at), timeoutMs: TIMEOUT_MS });

interface Way {
  readonly name: string;
  /** Decisions of one call. */
  readonly size: number;
  call(at: number): Promise<void>;
}

const ways: readonly Way[] = [
  {
    ...{ name: "the loop's own client", size: 1 },
    call: (at) => client.getDecision("bench", asked(at), { timeout: TIMEOUT_MS }).then(check),
  },
  {
    ...{ name: "HTTP", size: 1 },
    call: (at) => connections.post("/v1/decisions", overHttp(at)).then((answer) => check(answer as { reason: string })),
  },
  {
    ...{ name: `HTTP, bulks of ${bulk}`, size: bulk },
    async call(at) {
      const decisions = Array.from({ length: bulk }, (_, i) => overHttp(at + i));
      const { results } = (await connections.post("/v1/decisions/bulk", { decisions })) as {
        results: { decision: { reason: string } }[];
      };
      for (const { decision } of results) check(decision);
    },
  },
];

interface Round {
  readonly perSecond: number;
  readonly times: readonly number[];
}

/** Asks at the rate, whatever the answers take. Times are from the moment a call was due, ms. */
async function round({ size, call }: Way): Promise<Round> {
  const count = Math.round((seconds * rate) / size);
  const gap = (1_000 * size) / rate;
  const started = performance.now();
  const calls: Promise<number>[] = [];
  for (let i = 0; i < count; i++) {
    const due = started + i * gap;
    const early = due - performance.now();
    if (early > 1) await delay(early);
    calls.push(call(i * size).then(() => performance.now() - due));
  }
  const times = await Promise.all(calls);
  return { perSecond: (count * size) / ((performance.now() - started) / 1_000), times };
}

const cpuOf = async (): Promise<number> => {
  const text = (await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()) as string;
  return Number(/^process_cpu_seconds_total ([\d.e+-]+)/m.exec(text)?.[1] ?? Number.NaN);
};

try {
  for (const way of ways) await round(way);
  const found = new Map<Way, { readonly cpu: number[]; readonly rounds: Round[] }>(
    ways.map((way) => [way, { cpu: [], rounds: [] }]),
  );
  for (let at = 0; at < rounds; at++) {
    for (let turn = 0; turn < ways.length; turn++) {
      const way = ways[(at + turn) % ways.length]!;
      const before = await cpuOf();
      const done = await round(way);
      found.get(way)!.rounds.push(done);
      found.get(way)!.cpu.push((await cpuOf()) - before);
    }
    const p99 = ways.map((way) => quantile(found.get(way)!.rounds.at(-1)!.times, 0.99).toFixed(1));
    console.error(`round ${at + 1} of ${rounds}: p99 ${p99.join(", ")} ms`);
  }
  const shares = [0.5, 0.9, 0.99];
  const own = found.get(ways[0]!)!;
  const rows = ways.map((way) => {
    const { rounds: made, cpu } = found.get(way)!;
    const all = made.flatMap(({ times }) => times);
    const ratios = made.map(({ times }, i) => quantile(times, 0.99) / quantile(own.rounds[i]!.times, 0.99));
    return [
      way.name,
      spread(made.map(({ perSecond }) => perSecond)).replaceAll(/\.\d+/g, ""),
      ...shares.map((share) => quantile(all, share).toFixed(2)),
      spread(ratios),
      spread(cpu.map((used) => (used * 1e6) / (seconds * rate))),
    ];
  });
  console.log(`${rate} decisions a second asked, ${rounds} rounds of ${seconds} s each, ${sockets} connections\n`);
  const head = [
    "",
    "answered a second",
    ...shares.map((share) => `p${share * 100}, ms`),
    "p99 over the loop's own",
    "CPU, µs a decision",
  ];
  console.log(markdown(head, rows));
} finally {
  connections.close();
  await client.close();
  live.removeAllListeners("exit");
  live.kill("SIGTERM");
  await once(live, "close");
  rmSync(dir, { recursive: true, force: true });
  // The connection to the closed log is left to the end of the process.
  process.exit();
}
