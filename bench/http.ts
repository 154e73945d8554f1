/**
 * `npm run bench:http [-- --rounds 10 --seconds 5 --rate 2000 --sockets 64 --bulk 50 --work flights]`
 *
 * What does HTTP add? `loopstream start --http` runs on the embedded log, with a model in production. This process asks
 * it at a steady rate, in rounds in turn: by the loop's own client (over the log's socket), over HTTP one decision a
 * request, and over HTTP in bulks; and then over HTTP as fast as the connections have their answers. Prints the decisions
 * answered a second, the p50, p90 and p99 from the moment each was due, and the ratio of each to the loop's own of the
 * same round; the CPU of the loop's process, and of this one.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";
import { createClient } from "../client/index.ts";
import { openShared } from "../streams/index.ts";
import { HttpSockets } from "./http-sockets.ts";
import { httpWorkNames, httpWorks } from "./http-works.ts";
import { nodeFlags } from "./node-flags.ts";
import { markdown, quantile, spread } from "./rounds.ts";

const { values: flags } = parseArgs({
  options: {
    rounds: { type: "string", default: "10" },
    seconds: { type: "string", default: "5" },
    rate: { type: "string", default: "2000" },
    sockets: { type: "string", default: "64" },
    bulk: { type: "string", default: "50" },
    work: { type: "string", default: "asked" },
  },
});
const [rounds, seconds, rate, sockets, bulk] = [flags.rounds, flags.seconds, flags.rate, flags.sockets, flags.bulk].map(
  Number,
) as [number, number, number, number, number];
const root = join(import.meta.dirname, "..");
const dir = mkdtempSync(join(tmpdir(), "loopstream-bench-http-"));
const TIMEOUT_MS = 10_000;

const work = httpWorks[flags.work as (typeof httpWorkNames)[number]]?.();
if (work === undefined) throw new Error(`--work ${flags.work}: there are ${httpWorkNames.join(" and ")}`);
const { useCase, asked } = work;
await work.prepare(dir);
const args = [...nodeFlags, join(root, "cli/main.ts"), "start", "--json", "--http", "0", "--dir", dir];
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
const overHttp = (at: number) => ({ useCase, ...asked(at), timeoutMs: TIMEOUT_MS });
const askHttp = (at: number): Promise<void> =>
  connections.post("/v1/decisions", overHttp(at)).then((answer) => check(answer as { reason: string }));

interface Way {
  readonly name: string;
  /** Decisions of one call. */
  readonly size: number;
  /** Each connection asks again once it is answered. Absent: at the rate. */
  readonly restless?: true;
  call(at: number): Promise<void>;
}

const ways: readonly Way[] = [
  {
    ...{ name: "the loop's own client", size: 1 },
    call: (at) => client.getDecision(useCase, asked(at), { timeout: TIMEOUT_MS }).then(check),
  },
  {
    ...{ name: "HTTP", size: 1 },
    call: askHttp,
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
  {
    ...{ name: "HTTP without a rest", size: 1, restless: true },
    call: askHttp,
  },
];

interface Round {
  readonly decisions: number;
  readonly perSecond: number;
  readonly times: readonly number[];
}

const round = (way: Way): Promise<Round> => (way.restless === true ? restlessRound(way) : steadyRound(way));

/** Times are from call to answer, ms. */
async function restlessRound({ call }: Way): Promise<Round> {
  const started = performance.now();
  const end = started + seconds * 1_000;
  const times: number[] = [];
  let next = 0;
  const ask = async (): Promise<void> => {
    for (let at = performance.now(); at < end; at = performance.now()) {
      await call(next++);
      times.push(performance.now() - at);
    }
  };
  await Promise.all(Array.from({ length: sockets }, ask));
  return { decisions: next, perSecond: next / ((performance.now() - started) / 1_000), times };
}

/** Asks at the rate, whatever the answers take. Times are from the moment a call was due, ms. */
async function steadyRound({ size, call }: Way): Promise<Round> {
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
  return { decisions: count * size, perSecond: (count * size) / ((performance.now() - started) / 1_000), times };
}

const cpuOf = async (): Promise<number> => {
  const text = (await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()) as string;
  return Number(/^process_cpu_seconds_total ([\d.e+-]+)/m.exec(text)?.[1] ?? Number.NaN);
};

try {
  for (const way of ways) await round(way);
  const found = new Map<Way, { readonly cpu: number[]; readonly own: number[]; readonly rounds: Round[] }>(
    ways.map((way) => [way, { cpu: [], own: [], rounds: [] }]),
  );
  for (let at = 0; at < rounds; at++) {
    for (let turn = 0; turn < ways.length; turn++) {
      const way = ways[(at + turn) % ways.length]!;
      const { rounds: made, cpu, own } = found.get(way)!;
      const [before, ownBefore] = [await cpuOf(), process.cpuUsage()];
      const done = await round(way);
      const { user, system } = process.cpuUsage(ownBefore);
      made.push(done);
      own.push((user + system) / done.decisions);
      cpu.push((((await cpuOf()) - before) * 1e6) / done.decisions);
    }
    const p99 = ways.map((way) => quantile(found.get(way)!.rounds.at(-1)!.times, 0.99).toFixed(1));
    console.error(`round ${at + 1} of ${rounds}: p99 ${p99.join(", ")} ms`);
  }
  const shares = [0.5, 0.9, 0.99];
  const own = found.get(ways[0]!)!;
  const rows = ways.map((way) => {
    const { rounds: made, cpu, own: here } = found.get(way)!;
    const all = made.flatMap(({ times }) => times);
    const ratios = made.map(({ times }, i) => quantile(times, 0.99) / quantile(own.rounds[i]!.times, 0.99));
    return [
      way.name,
      spread(made.map(({ perSecond }) => perSecond)).replaceAll(/\.\d+/g, ""),
      ...shares.map((share) => quantile(all, share).toFixed(2)),
      spread(ratios),
      spread(cpu),
      spread(here),
    ];
  });
  console.log(
    `${useCase}: ${rate} decisions a second asked, ${rounds} rounds of ${seconds} s each, ${sockets} connections\n`,
  );
  const head = [
    "",
    "answered a second",
    ...shares.map((share) => `p${share * 100}, ms`),
    "p99 over the loop's own",
    "CPU, µs a decision",
    "of the asking process",
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
