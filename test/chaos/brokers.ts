import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { deadLetters, decisionReplies, decisionRequests, decisions } from "../../schemas/index.ts";
import {
  createConfluentRegistry,
  createPlatformaticBackbone,
  Publisher,
  readTopic,
  replyHeaders,
  Serdes,
  type Backbone,
} from "../../streams/index.ts";
import { program } from "../program/program.ts";
import { startKafkaCluster, type KafkaCluster } from "../servers/kafka.ts";
import { startRegistry } from "../servers/registry.ts";
import type { KafkaClient } from "./kafka.ts";

export interface BrokersOptions {
  readonly brokers: number;
  readonly client: KafkaClient;
  /** At least; more come as long as a broker is away. */
  readonly requests: number;
  /** A second. */
  readonly rate: number;
  /** How long a broker stays away, ms. */
  readonly awayMs: number;
  readonly say: (line: string) => void;
}

/** A line of the loop's log about something that was waited for. */
export interface OutageLine {
  readonly level: number;
  readonly time: string;
  readonly what: string;
  readonly error: string;
  readonly msg: string;
}

export interface BrokersReport {
  readonly requests: number;
  /** Decision ids with a reply, and with exactly one decision. */
  readonly answered: number;
  readonly decidedOnce: number;
  readonly deadLetters: number;
  readonly kills: number;
  /** From the start of the process to its first answer: after it was stopped in good order, and after kill -9. */
  readonly restartMs: Readonly<Record<string, number>>;
  readonly outages: readonly OutageLine[];
  /** Outages that were said to begin and of which no end was said. */
  readonly unended: readonly string[];
  readonly problems: readonly string[];
}

const USE_CASE = `useCase: brokers
decisionSpace: boolean
context: { n: number }
events: { seen: { fields: [ok] } }
features: [n]
label: { name: good, when: kind == "seen", value: ok > 0, wait: 1h, default: none }
policy: { decide: good > 0.5 }
join: { ttl: 2h }
`;
const REPLY_PARTITION = 0;
const LATE_MS = 90_000;

/** The loop as a process on several brokers, asked at a steady rate; two of the brokers are killed in turn, each while the others are whole. */
export async function brokersInTurn(options: BrokersOptions): Promise<BrokersReport> {
  const { brokers, client, requests, rate, awayMs, say } = options;
  const dir = mkdtempSync(join(tmpdir(), "loopstream-brokers-"));
  const [cluster, registry] = await Promise.all([startKafkaCluster(brokers), startRegistry()]);
  say(`${brokers} brokers are up`);
  let loop: ChildProcess | undefined;
  try {
    const blueprint = join(dir, "blueprint.yaml");
    writeFileSync(blueprint, USE_CASE);
    const lines: string[] = [];
    const config = join(dir, "loopstream.yaml");
    writeFileSync(config, `kafka: { client: ${client} }\n`);
    const at = ["--brokers", cluster.brokers, "--registry", registry.url, "--dir", dir, "--config", config];
    // Without a name of its own a process that was killed is waited for until its session ends.
    if (client === "platformatic") at.push("--instance-id", "brokers-1");
    const start = (): ChildProcess =>
      spawn(process.execPath, [program(), "start", "--json", "--blueprint", blueprint, ...at], {
        stdio: ["ignore", "pipe", "inherit"],
      });
    loop = start();
    await said(loop, lines, "the loop is running");
    const backbone = await createPlatformaticBackbone({ brokers: cluster.brokers, deliveryTimeoutMs: 120_000 });
    const schemas = createConfluentRegistry({ url: registry.url });
    const serdes = new Serdes(schemas);
    try {
      let kills: number | undefined;
      const killing = killInTurn(cluster, (requests / rate) * 1_000, awayMs, say).then((count) => (kills = count));
      const asked = await ask(backbone, serdes, { requests, rate, say, isOver: () => kills !== undefined });
      await killing;
      const answers = await answeredIn(backbone, serdes, asked);
      const code = await ended(loop, "SIGTERM");
      const restartMs: Record<string, number> = {};
      for (const before of ["stop", "kill"]) {
        const started = performance.now();
        loop = start();
        await answer(backbone, serdes, asked + Object.keys(restartMs).length);
        restartMs[before] = Math.round(performance.now() - started);
        await ended(loop, "SIGKILL");
      }
      const outages = lines.flatMap(outageIn);
      const unended = unendedIn(outages);
      const problems = [
        ...answers.problems,
        ...(code === 0 ? [] : [`the loop ended with ${code}`]),
        ...unended.map((what) => `no end of the outage of ${what} was said`),
        ...(outages.some(({ error }) => error === "") ? ["an outage without its cause"] : []),
      ];
      return { requests: asked, ...answers, kills: kills ?? 0, restartMs, outages, unended, problems };
    } finally {
      await backbone.close();
      await schemas.close();
    }
  } finally {
    loop?.kill("SIGKILL");
    await Promise.all([cluster.stop(), registry.stop()]);
    rmSync(dir, { recursive: true, force: true });
  }
}

async function killInTurn(
  { nodes }: KafkaCluster,
  lastsMs: number,
  awayMs: number,
  say: (line: string) => void,
): Promise<number> {
  let kills = 0;
  for (const [index, node] of nodes.slice(0, 2).entries()) {
    await sleep(Math.max(0, lastsMs * (index === 0 ? 0.15 : 0.2)));
    say(`killing broker ${index + 1}`);
    await node.kill();
    kills++;
    await sleep(awayMs);
    await node.restart();
    say(`broker ${index + 1} is back`);
  }
  return kills;
}

const idOf = (n: number): string => `decision-${n}`;

/** Asks at a steady rate, whatever becomes of the brokers: a request counts as asked when it is stored. */
async function ask(
  backbone: Backbone,
  serdes: Serdes,
  {
    requests,
    rate,
    say,
    isOver,
  }: Pick<BrokersOptions, "requests" | "rate" | "say"> & { readonly isOver: () => boolean },
): Promise<number> {
  const publisher = await Publisher.open(backbone, serdes, 4);
  const everyMs = 50;
  const batch = Math.max(1, Math.round((rate * everyMs) / 1_000));
  const started = performance.now();
  const sends: Promise<void>[] = [];
  let n = 0;
  for (; n < requests || !isOver(); n += batch) {
    const due = started + (n / rate) * 1_000;
    await sleep(Math.max(0, due - performance.now()));
    const time = Date.now();
    sends.push(publisher.publish(Array.from({ length: batch }, (_, i) => requestOf(n + i, time))));
    if (n % (rate * 10) === 0) say(`${n} asked`);
  }
  await Promise.all(sends);
  await publisher.close();
  return n;
}

function ended(loop: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  loop.removeAllListeners("exit");
  const gone = new Promise<number | null>((resolve) => loop.once("close", resolve));
  loop.kill(signal);
  loop.stdout!.resume();
  return gone;
}

/** Asks once and resolves with the reply. */
async function answer(backbone: Backbone, serdes: Serdes, n: number): Promise<void> {
  const ends = await backbone.offsets([decisionReplies.name]);
  const { end } = ends.find(({ partition }) => partition === REPLY_PARTITION)!;
  const reader = await backbone.reader([{ topic: decisionReplies.name, partition: REPLY_PARTITION, offset: end }]);
  const publisher = await Publisher.open(backbone, serdes, 4);
  await publisher.publish([requestOf(n, Date.now())]);
  for (;;) {
    const records = (await reader.poll(1_000)).flatMap((fetch) => fetch.records);
    if (records.some(({ value }) => serdes.decode(decisionReplies, value!).decisionId === idOf(n))) break;
  }
  await publisher.close();
  await reader.close();
}

function requestOf(n: number, time: number) {
  const decisionId = idOf(n);
  const value = { decisionId, useCase: "brokers", unit: `unit-${n % 97}`, context: { n }, deferred: false };
  const headers = replyHeaders(decisionReplies.name, REPLY_PARTITION, Buffer.from(decisionId));
  return { topic: decisionRequests, key: decisionId, value, time, headers };
}

async function answeredIn(backbone: Backbone, serdes: Serdes, requests: number) {
  const until = performance.now() + LATE_MS;
  for (;;) {
    const [replied, decided] = [new Map<string, number>(), new Map<string, number>()];
    const count = (in_: Map<string, number>, id: string): void => void in_.set(id, (in_.get(id) ?? 0) + 1);
    for await (const { value } of readTopic(backbone, serdes, decisionReplies)) count(replied, value.decisionId);
    for await (const { value } of readTopic(backbone, serdes, decisions)) count(decided, value.decisionId);
    const letters = await backbone.offsets([deadLetters.name]);
    const dead = letters.reduce((sum, { start, end }) => sum + end - start, 0);
    const decidedOnce = [...decided.values()].filter((times) => times === 1).length;
    const twice = [...replied, ...decided].filter(([, times]) => times > 1).map(([id]) => id);
    if (replied.size === requests || performance.now() > until) {
      const missing = Array.from({ length: requests }, (_, n) => idOf(n)).filter((id) => !replied.has(id));
      const problems = [
        ...missing.slice(0, 5).map((id) => `${id} was not answered`),
        ...twice.slice(0, 5).map((id) => `${id} was answered or decided more than once`),
        ...(decided.size === requests ? [] : [`${decided.size} decisions of ${requests} requests`]),
        ...(dead === 0 ? [] : [`${dead} dead letters`]),
      ];
      return { answered: replied.size, decidedOnce, deadLetters: dead, problems };
    }
    await sleep(500);
  }
}

function said(child: ChildProcess, lines: string[], wanted: string): Promise<void> {
  let rest = "";
  return new Promise((resolve, reject) => {
    child.stdout!.setEncoding("utf8").on("data", (text: string) => {
      const parts = (rest + text).split("\n");
      rest = parts.pop()!;
      lines.push(...parts);
      if (parts.some((line) => line.includes(wanted))) resolve();
    });
    child.once("exit", (code) => reject(new Error(`the loop ended with ${code}: ${lines.slice(-5).join("\n")}`)));
  });
}

function outageIn(line: string): OutageLine[] {
  if (!line.startsWith("{")) return [];
  const parsed = JSON.parse(line) as Partial<OutageLine>;
  return typeof parsed.what === "string" ? [parsed as OutageLine] : [];
}

/** By name: the last line about it is not one of an end. */
function unendedIn(outages: readonly OutageLine[]): readonly string[] {
  const last = new Map(outages.map(({ what, msg }) => [what, msg]));
  return [...last].filter(([, msg]) => msg.includes(": waiting and trying again")).map(([what]) => what);
}
