import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { openLoopstream, type Loopstream, type LoopstreamOptions } from "../../../loop/embed/index.ts";
import { decisions, events, observations } from "../../../schemas/index.ts";
import { readTopic, Serdes, type Topic } from "../../../streams/index.ts";
import { connect, settingsOf } from "../../../loop/index.ts";
import { Outages, silent } from "../../../streams/index.ts";
import { startLoopstream, type Running } from "../../e2e/running.ts";

const BLUEPRINT = `useCase: stays
decisionSpace: boolean
context: { x: number, who: key }
events: { step: { fields: [size] } }
features: [x]
observations: { amount: number }
label: { name: total, value: amount, aggregate: sum, wait: 2s, default: 0 }
model: { objective: regression }
policy: { decide: total > 0.5 }
join: { ttl: 1h }
training: { schedule: none, freshRows: none, minRows: 1000000 }
`;

/** Times that the loop is killed: CLIENT_KILLS=20 is the long form, which docs/guarantees.md names. */
export const kills = Number(process.env["CLIENT_KILLS"] ?? 3);

/** The promise is 2 s, which the long form checks. The short form runs on machines that have other work too. */
export const backWithinMs = kills >= 20 ? 2_000 : 30_000;

export interface Killed {
  readonly asked: number;
  readonly observed: number;
  readonly told: number;
  /** From each readiness of the loop to the first answer to a request that was asked after the kill, ms. */
  readonly backAfterMs: readonly number[];
  /** Calls that were answered with a failure. */
  readonly failed: readonly string[];
  /** Observations and events that are not on their topic, and those that count more than once. */
  readonly lost: readonly string[];
  readonly doubled: readonly string[];
  /** Decisions whose row does not have the sum of their observations, which is 1. */
  readonly wrongRows: readonly string[];
  readonly decided: number;
  readonly outages: number;
}

/** The client's place. */
export interface Place {
  readonly options: LoopstreamOptions;
  /** The line of a loop's log that says that it is ready. */
  readonly ready: string;
  /** Takes the broker away and brings it back. */
  readonly restart?: () => Promise<void>;
}

/**
 * Asks, observes and logs events at 200 requests a second while the loop is killed with -9 and started again, and then
 * counts on the topics and in the rows.
 */
export async function killLoops(dir: string, args: readonly string[], at: Place): Promise<Killed> {
  const { options, restart, ready: readyLine } = at;
  const blueprint = join(dir, "stays.yaml");
  writeFileSync(blueprint, BLUEPRINT);
  const start = async (): Promise<Running> => {
    const loop = startLoopstream(["start", "--json", "--blueprint", blueprint, "--dir", join(dir, "loop"), ...args]);
    await loop.says(readyLine);
    return loop;
  };
  let loop = await start();
  const client = await openLoopstream({ ...options, run: false, log: silent });
  try {
    let outages = 0;
    client.onStatus(({ kind }) => (outages += kind === "disconnected" ? 1 : 0));
    const load = new Load(client);
    const running = load.run();
    const backAfterMs: number[] = [];
    await load.answered();
    for (let kill = 0; kill < kills; kill++) {
      await delay(500 + 137 * (kill % 7));
      loop.kill();
      await loop.ended();
      load.answeredAt = undefined;
      loop = await start();
      const ready = performance.now();
      backAfterMs.push(Math.max(0, Math.round((await load.answered()) - ready)));
    }
    await restart?.();
    await delay(500);
    load.stop();
    await running;
    const found = await counted(client, options, load);
    return { ...found, backAfterMs, outages, failed: load.failed };
  } finally {
    const left = await client.close();
    loop.kill();
    await loop.ended();
    if (left.lost > 0) throw new Error(`${left.lost} records were lost at the end`);
  }
}

/** 200 decisions a second, each with an observation at once, and an event with every tenth. */
class Load {
  readonly #client: Loopstream;
  readonly observed = new Map<string, string>();
  readonly told: string[] = [];
  readonly failed: string[] = [];
  asked = 0;
  /** Set by the first answer since it was cleared, ms. */
  answeredAt: number | undefined;
  #stopped = false;

  constructor(client: Loopstream) {
    this.#client = client;
  }

  stop(): void {
    this.#stopped = true;
  }

  /** The time of the first answer since `answeredAt` was cleared, ms; infinite if there is none for half a minute. */
  async answered(): Promise<number> {
    const began = performance.now();
    while (this.answeredAt === undefined && performance.now() - began < 30_000) await delay(5);
    return this.answeredAt ?? Number.POSITIVE_INFINITY;
  }

  async run(): Promise<void> {
    const calls = new Set<Promise<void>>();
    const began = performance.now();
    while (!this.#stopped) {
      while (this.asked < ((performance.now() - began) / 1_000) * 200) {
        const call = this.#one(this.asked++).catch((error: unknown) => void this.failed.push(String(error)));
        calls.add(call);
        void call.finally(() => calls.delete(call));
      }
      await delay(5);
    }
    await Promise.all(calls);
  }

  async #one(i: number): Promise<void> {
    const decisionId = `d${i}`;
    const context = { x: i % 10, who: `w${i % 7}` };
    const deciding = this.#client.getDecision("stays", { decisionId, unit: `u${i % 50}`, context }, { default: false });
    const observing = this.#client.logObservations(decisionId, { amount: 1 }, { observationId: `o${i}` });
    const telling = i % 10 === 0 ? this.#client.logEvent("step", { who: `w${i % 7}`, size: i }) : undefined;
    const { error } = await deciding;
    if (error === null) this.answeredAt ??= performance.now();
    const observation = await observing;
    if (observation.ok) this.observed.set(`o${i}`, decisionId);
    else this.failed.push(observation.error);
    const event = await telling;
    if (event?.ok === true) this.told.push(String(i));
    else if (event !== undefined) this.failed.push(event.error);
  }
}

async function counted(client: Loopstream, options: LoopstreamOptions, load: Load) {
  for (let at = 0; client.status.waiting.records > 0 && at < 100; at++) await delay(100);
  const connection = await connect(settingsOf(options), { outages: new Outages(), log: silent, join: true });
  try {
    const serdes = new Serdes(connection.registry, connection.subjectPrefix);
    const all = async <V>(topic: Topic<V>, nameOf: (value: V) => string): Promise<readonly string[]> => {
      const names: string[] = [];
      for await (const { value } of readTopic(connection.backbone, serdes, topic)) names.push(nameOf(value));
      return names;
    };
    const seen = new Set(await all(observations, ({ observationId }) => observationId));
    const told = await all(events, ({ kind, attributes }) => (kind === "step" ? String(attributes["size"]) : ""));
    const steps = told.filter((name) => name !== "");
    const made = await all(decisions, ({ decisionId }) => decisionId);
    const labels = await labelsOf(client, new Set(made).size);
    return {
      asked: load.asked,
      observed: load.observed.size,
      told: load.told.length,
      decided: labels.size,
      lost: [
        ...[...load.observed.keys()].filter((id) => !seen.has(id)),
        ...load.told.filter((id) => !steps.includes(id)),
      ],
      doubled: [...twice(steps), ...twice(made)],
      wrongRows: [...labels].filter(([, label]) => label !== 1).map(([id, label]) => `${id}: ${String(label)}`),
    };
  } finally {
    await connection.close();
  }
}

function twice(names: readonly string[]): readonly string[] {
  const seen = new Set<string>();
  return names.filter((name) => seen.size === seen.add(name).size);
}

/** The newest row's label of each decision, once all decisions have their rows. */
async function labelsOf(client: Loopstream, count: number): Promise<ReadonlyMap<string, unknown>> {
  for (let at = 0; ; at++) {
    const labels = new Map<string, unknown>();
    for await (const row of client.rows("stays")) labels.set(String(row["decisionId"]), row["label"]);
    if (labels.size >= count || at > 60) return labels;
    await delay(500);
  }
}
