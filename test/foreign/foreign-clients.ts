import { spawn, type ChildProcess } from "node:child_process";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { compileBlueprint } from "../../blueprints/index.ts";
import { connect, loopOptions, openTools, publishBlueprint } from "../../loop/index.ts";
import { rowsTopic } from "../../rows/index.ts";
import { clock, deadLetters, decisionReplies, decisionRequests, decisions, observations } from "../../schemas/index.ts";
import { Outages, readTopic, silent, type Topic } from "../../streams/index.ts";
import { python } from "../python/venv.ts";
import { artifacts } from "../servers/artifacts.ts";
import { settingsFor, type LoopProcess } from "./loop-process.ts";

const SHOP = `useCase: shop
decisionSpace: boolean
context: { price: number }
features: [price]
observations: { amount: number }
label: { name: revenue, when: kind == "purchase", value: amount, aggregate: sum, wait: 1h }
model: { objective: regression }
policy: { decide: revenue > 5 }
join: { ttl: 2h }
training: { minRows: 1, schedule: none, freshRows: none }
`;
const HOUR = 3_600_000;
const ROWS_WITHIN_MS = 60_000;
const BETWEEN_KILLS_MS = 500;

/** Decisions that a client asks for, with records of one kind of key; their ids are `name-0` to `name-(count - 1)`. */
export interface Group {
  readonly name: string;
  /** `unit`: a key that does not tell the decision. */
  readonly key: "id" | "unit" | "none";
  /** Of confluent-kafka; absent: its default. */
  readonly partitioner?: "murmur2_random";
  readonly count: number;
}

export type ClientName = "confluent-kafka" | "java";

export interface Asked {
  readonly place: LoopProcess;
  readonly clients: Readonly<Partial<Record<ClientName, readonly Group[]>>>;
  /** Of each client. */
  readonly perSecond: number;
  /** The loop is killed with -9 so often while the clients ask. */
  readonly kills: number;
}

/** Seen by a client. */
interface Answers {
  /** Decisions with an answer. */
  readonly answered: number;
  /** Answers to an id that differ from its first one. */
  readonly different: number;
  readonly errors: readonly string[];
  /** From the first request to the answer, by group; ms. */
  readonly latencies: Readonly<Record<string, readonly number[]>>;
}

export interface Outcome {
  readonly clients: Readonly<Partial<Record<ClientName, Answers>>>;
  /** How often each id was decided. */
  readonly decided: ReadonlyMap<string, number>;
  /** The label of the newest row of each id. */
  readonly labels: ReadonlyMap<string, number>;
  readonly deadLetters: readonly string[];
}

/** What is wrong with an outcome; empty: each id was decided once, answered alike, and has the row of its purchase. */
export function faultsOf(
  { clients, decided, labels, deadLetters }: Outcome,
  asked: Asked["clients"],
): readonly string[] {
  const ids = Object.values(asked)
    .flat()
    .flatMap(({ name, count }) => Array.from({ length: count }, (_, n) => [`${name}-${n}`, n] as const));
  const faults = ids.flatMap(([id, n]) => [
    ...(decided.get(id) === 1 ? [] : [`${id} was decided ${decided.get(id) ?? 0} times`]),
    ...(labels.get(id) === n ? [] : [`the label of ${id} is ${labels.get(id)}`]),
  ]);
  if (decided.size > ids.length) faults.push(`${decided.size} ids were decided, not ${ids.length}`);
  for (const [name, { answered, different, errors }] of Object.entries(clients)) {
    const wanted = (asked[name as ClientName] ?? []).reduce((sum, { count }) => sum + count, 0);
    if (answered !== wanted) faults.push(`${name} has ${answered} answers, not ${wanted}`);
    if (different > 0) faults.push(`${name} has ${different} answers that differ from the first one of their id`);
    faults.push(...errors.map((error) => `${name}: ${error}`));
  }
  return [...faults, ...deadLetters.map((letter) => `dead letter: ${letter}`)];
}

/** Foreign clients ask a loop for decisions and log one purchase of each, of `n` for the id `name-n`, while it is killed. */
export async function askFromElsewhere({ place, clients, perSecond, kills }: Asked): Promise<Outcome> {
  const settings = settingsFor(place);
  const connection = await connect(settings, { prefix: place.prefix, outages: new Outages(), log: silent });
  const tools = await openTools(loopOptions(settings, connection, "live"));
  let loop: ChildProcess | undefined;
  const processes: ChildProcess[] = [];
  try {
    await publishBlueprint(tools, SHOP, 0);
    loop = await startLoopProcess(place);
    const start = Date.now() - 4 * HOUR;
    const running = await Promise.all(
      Object.entries(clients).map(async ([name, groups]) => {
        const plan = { ...topicsOf(place), useCase: "shop", start, perSecond, groups };
        const client = startClient(await commandOf(name as ClientName), JSON.stringify(plan));
        processes.push(client.child);
        await client.ready;
        return { name, ...client };
      }),
    );
    for (const { go } of running) go();
    for (let kill = 0; kill < kills; kill++) {
      await delay(BETWEEN_KILLS_MS);
      await ended(loop);
      loop = await startLoopProcess(place);
    }
    const answers = await Promise.all(running.map(async (each) => [each.name, await each.answers] as const));

    const over = start + 1.5 * HOUR;
    await tools.publisher.publish([{ topic: clock, key: "clock", value: { time: over }, time: over }]);
    const wanted = Object.values(clients)
      .flat()
      .reduce((sum, { count }) => sum + count, 0);
    const read = async <V>(topic: Topic<V>): Promise<readonly V[]> => {
      const values: V[] = [];
      for await (const { value } of readTopic(connection.backbone, tools.serdes, topic)) values.push(value);
      return values;
    };
    const labels = new Map<string, number>();
    for (
      const deadline = Date.now() + ROWS_WITHIN_MS;
      labels.size < wanted && Date.now() < deadline;
      await delay(200)
    ) {
      // A later row of an id is its correction.
      for (const row of await read(rowsTopic(compileBlueprint(SHOP)))) {
        labels.set(String(row["decisionId"]), row["label"] as number);
      }
    }
    const decided = new Map<string, number>();
    for (const { decisionId } of await read(decisions)) decided.set(decisionId, (decided.get(decisionId) ?? 0) + 1);
    const letters = (await read(deadLetters)).map(({ code, message }) => `${code}: ${message}`);
    return { clients: Object.fromEntries(answers), decided, labels, deadLetters: letters };
  } finally {
    await Promise.all([...processes, ...(loop === undefined ? [] : [loop])].map(ended));
    await tools.close();
    await connection.close();
  }
}

const topicsOf = ({ brokers, registry, prefix }: LoopProcess) => ({
  ...{ brokers, registry, requests: prefix + decisionRequests.name },
  ...{ observations: prefix + observations.name, replies: prefix + decisionReplies.name },
  // The loop knows its topics by their names without the prefix.
  replyTopic: decisionReplies.name,
});

async function commandOf(name: ClientName): Promise<readonly [string, ...string[]]> {
  if (name === "confluent-kafka") return [await python(), join(import.meta.dirname, "ask.py")];
  const jars = join((await artifacts()).kafka, "*");
  return ["java", "-Xmx128m", "-XX:TieredStopAtLevel=1", "-cp", jars, join(import.meta.dirname, "Ask.java")];
}

async function startLoopProcess(place: LoopProcess): Promise<ChildProcess> {
  const program = join(import.meta.dirname, "loop-process.ts");
  const child = spawn(process.execPath, [program, JSON.stringify(place)], { stdio: ["pipe", "pipe", "pipe"] });
  await said(child, "running", "stdout");
  return child;
}

/** A client that is `ready` waits for `go`. `answers` resolves when it has all. */
function startClient([program, ...args]: readonly [string, ...string[]], plan: string) {
  const child = spawn(program, [...args, plan], { stdio: ["pipe", "pipe", "pipe"] });
  let [out, errors] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (errors += text));
  const answers = new Promise<Answers>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      if (code === 0) resolve(JSON.parse(out) as Answers);
      else reject(new Error(`${program} ended with ${code}: ${errors}`));
    });
  });
  answers.catch(() => undefined);
  return { child, ready: said(child, "ready", "stderr"), go: () => void child.stdin.end("go\n"), answers };
}

/** Resolves when a process says a word; rejects with its last words if it ends before. */
function said(child: ChildProcess, word: string, on: "stdout" | "stderr"): Promise<void> {
  let text = "";
  return new Promise((resolve, reject) => {
    for (const stream of ["stdout", "stderr"] as const) {
      child[stream]!.setEncoding("utf8").on("data", (chunk: string) => {
        text = (text + chunk).slice(-4_000);
        if (stream === on && text.includes(word)) resolve();
      });
    }
    child.once("error", reject);
    child.once("close", (code, signal) => reject(new Error(`ended with ${code ?? signal}: ${text}`)));
  });
}

/** kill -9. */
async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once("close", resolve));
  child.kill("SIGKILL");
  await gone;
}
