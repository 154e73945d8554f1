import { compileBlueprint } from "../../blueprints/index.ts";
import { rowsTopic } from "../../rows/index.ts";
import { readRaw } from "../../streams/index.ts";
import { openTools, publishBlueprint } from "../../loop/index.ts";
import type { Fleet } from "./fleet.ts";
import { Product, type OpenPlace, type Place } from "./product.ts";
import { seeded } from "./random.ts";
import { groupOf, problemsOf, verify, type Findings } from "./verify.ts";
import { trainModel } from "../../trainer/index.ts";

export const CHAOS_BLUEPRINT = `
useCase: chaos
decisionSpace: boolean
context: { x: number, group: key }
observations: { y: number }
features: [x]
label: { name: hit, value: y > 0.5, wait: 10m }
model: { rounds: 10, depth: 2 }
policy: { decide: hit > 0.5 }
join: { ttl: 12h }
training: { schedule: none, freshRows: none, minRows: 100 }
`;

export interface ChaosOptions {
  readonly seed: number;
  readonly decisions: number;
  readonly kills: number;
  readonly pauses: number;
  readonly wipes: number;
  readonly brokerRestarts: number;
  /** Longer than the group's session. */
  readonly pauseMs: number;
  readonly partitions: number;
  readonly fleet: Fleet;
  /** For the product: never takes the embedded backbone for itself. */
  readonly open: OpenPlace;
  /** Before the fleet starts and after it has stopped. */
  readonly openAlone: OpenPlace;
  readonly stateDirs: readonly string[];
  readonly restartBroker?: () => Promise<void>;
  /** How often it is, and for how long. */
  readonly registryOutages: number;
  readonly registryOutageMs: number;
  readonly setRegistryAway?: (away: boolean) => void;
  /** How often the power fails: what the process had written last is gone, of its log and of each state by itself. */
  readonly powerCuts: number;
  readonly cutPower?: (random: () => number) => void;
  /** How often a process is started with its clock days ahead, for a while. */
  readonly wrongClocks: number;
  readonly say: (line: string) => void;
}

export interface ChaosReport extends Findings {
  readonly seed: number;
  /** A line each; none: every check held. */
  readonly problems: readonly string[];
  readonly replies: number;
  readonly repliesDiffer: readonly string[];
  readonly unanswered: number;
  readonly askedAgain: number;
  /** Decision ids asked before and after the model was published, five times over a third of the run, and those with five equal replies or more. */
  readonly askedFiveTimes: number;
  readonly fiveEqualReplies: number;
  readonly resent: number;
  readonly killed: number;
  readonly paused: number;
  readonly wiped: number;
  readonly restarted: number;
  readonly brokerRestarts: number;
  readonly registryOutages: number;
  readonly clocksWrong: number;
  readonly powerCuts: number;
  readonly modelDecided: number;
  readonly seconds: number;
}

const BATCH = 50;
const IN_FLIGHT = 1_000;
/** More than a power cut takes away. */
const RECENT = 3_000;
const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const CLOCK_AHEAD = 72 * HOUR;
/** Share of the run for which a clock is wrong. */
const CLOCK_WRONG = 0.05;
const SETTLE_MS = 240_000;
/** Shares of the run at which one batch is asked, the model being published at a half; less than the join TTL apart. */
const FIVE_TIMES = [0.3, 0.4, 0.48, 0.55, 0.63];

/** Publishes decisions and observations while processes are killed, paused and robbed of their disks, and then counts. */
export async function runChaos(options: ChaosOptions): Promise<ChaosReport> {
  const { seed, decisions, fleet, say, openAlone } = options;
  const started = performance.now();
  const random = seeded(seed);
  await alone(openAlone, async (tools) => void (await publishBlueprint(tools, CHAOS_BLUEPRINT)), options.partitions);
  await fleet.startAll();
  const product = new Product(options.open);
  const expected = new Map<string, number | null>();
  const steps = Math.ceil(decisions / BATCH);
  const plan = planOf(options, steps, random);
  const again = new Map<number, Request[]>();
  const pending: Promise<void>[] = [];
  let askedAgain = 0;
  const fiveTimes: string[] = [];
  const recent: Request[] = [];
  let brokerRestarts = 0;
  // All of it lies behind the clocks that are right, and far before those that are wrong.
  const start = Date.now() - decisions * SECOND - 3 * HOUR;
  const timeOf = (index: number): number => start + index * SECOND;
  try {
    for (let step = 0; step < steps; step++) {
      for (const act of plan.get(step) ?? []) {
        say(`step ${step} of ${steps}: ${act.kind}${"worker" in act ? ` process ${act.worker}` : ""}`);
        if (act.kind === "kill" || act.kind === "wipe" || act.kind === "wrongClock" || act.kind === "rightClock") {
          if (act.kind === "wrongClock") fleet.setClock(act.worker, CLOCK_AHEAD);
          if (act.kind === "rightClock") fleet.setClock(act.worker, 0);
          await fleet.kill(act.worker);
          if (act.kind === "wipe") fleet.wipe(act.worker);
          pending.push(fleet.start(act.worker));
        } else if (act.kind === "pause") {
          fleet.pause(act.worker);
          pending.push(sleep(options.pauseMs).then(() => fleet.wake(act.worker)));
        } else if (act.kind === "cutPower") {
          await fleet.kill(act.worker);
          options.cutPower!(random);
          await fleet.start(act.worker);
          // What was acknowledged lately may be gone: whoever needs it says it again.
          product.rewind();
          const told = [...expected].slice(-RECENT).filter(([id]) => Number(id.slice(1)) < (step - 4) * BATCH);
          await product.send([
            ...told.flatMap(([id, label]) => outcomeOf(product, id, label, timeOf)),
            ...recent,
          ] as never);
        } else if (act.kind === "takeRegistry") {
          options.setRegistryAway!(true);
          pending.push(sleep(options.registryOutageMs).then(() => options.setRegistryAway!(false)));
        } else {
          await options.restartBroker!();
          brokerRestarts++;
        }
      }
      const batch: Request[] = [];
      for (let i = step * BATCH; i < Math.min(decisions, (step + 1) * BATCH); i++) {
        const x = Math.round(random() * 1_000) / 1_000;
        const request = product.request(`d${i}`, `u${i % 997}`, "chaos", { x, group: groupOf(`d${i}`) }, timeOf(i));
        batch.push(request);
        recent.push(request);
        expected.set(`d${i}`, random() < 0.03 ? null : x > 0.5 ? 1 : 0);
        if (random() < 0.02) {
          for (let repeat = 0; repeat < 4; repeat++) {
            const later = Math.min(steps - 1, step + Math.floor(random() * 30));
            again.set(later, [...(again.get(later) ?? []), request]);
            askedAgain++;
          }
        }
      }
      if (step === Math.floor(FIVE_TIMES[0]! * steps)) {
        fiveTimes.push(...batch.map(({ value }) => value.decisionId));
        for (const share of FIVE_TIMES.slice(1)) {
          const later = Math.floor(share * steps);
          again.set(later, [...(again.get(later) ?? []), ...batch]);
          askedAgain += batch.length;
        }
      }
      const outcomes = [...expected]
        .slice(Math.max(0, (step - 4) * BATCH), Math.max(0, (step - 3) * BATCH))
        .flatMap(([id, label]) => outcomeOf(product, id, label, timeOf));
      await product.send([...outcomes, ...batch, ...(again.get(step) ?? [])] as never);
      recent.splice(0, recent.length - RECENT);
      await product.tick(timeOf(step * BATCH) - MINUTE);
      await product.hear(0);
      while (product.seen.size < (step + 1) * BATCH - IN_FLIGHT) await product.hear(50);
      if (step === Math.floor(steps / 2)) await publishModel(product, options, timeOf(step * BATCH), say);
    }
    await Promise.all(pending);
    const last = [...expected]
      .slice(Math.max(0, (steps - 4) * BATCH))
      .flatMap(([id, label]) => outcomeOf(product, id, label, timeOf));
    await product.send(last as never);
    const end = performance.now();
    while (product.seen.size < decisions && performance.now() - end < SETTLE_MS) await product.hear(100);
    await product.tick(timeOf(decisions) + 30 * MINUTE);
    await settled(product, options, [...expected.values()].filter((label) => label !== null).length);
    await product.hear(200);
    await product.close();
    await fleet.stopAll();
  } catch (error) {
    await fleet.killAll();
    throw error;
  }
  const place = await openAlone();
  const found = await verify(place, CHAOS_BLUEPRINT, expected, product.seen, options.stateDirs, options.partitions);
  await place.close();
  const unanswered = decisions - product.seen.size;
  const different = new Set(product.different);
  const fiveEqual = fiveTimes.filter((id) => (product.repeated.get(id) ?? 1) >= 5 && !different.has(id));
  const problems = [
    ...problemsOf(found),
    ...(unanswered === 0 ? [] : [`unanswered: ${unanswered}`]),
    ...(fiveEqual.length === fiveTimes.length
      ? []
      : [`five equal replies: ${fiveEqual.length} of ${fiveTimes.length}`]),
    ...(product.different.length === 0 ? [] : [`replies that differ: ${product.different.slice(0, 3).join("; ")}`]),
  ];
  return {
    seed,
    problems,
    ...found,
    replies: product.replies,
    repliesDiffer: product.different,
    unanswered,
    askedAgain,
    askedFiveTimes: fiveTimes.length,
    fiveEqualReplies: fiveEqual.length,
    resent: product.resent,
    ...fleet.counts,
    brokerRestarts,
    registryOutages: options.registryOutages,
    powerCuts: options.powerCuts,
    modelDecided: [...product.seen.values()].filter(({ modelId }) => modelId !== null).length,
    seconds: Math.round((performance.now() - started) / 1_000),
  };
}

type Request = ReturnType<Product["request"]>;

type Act =
  | { readonly kind: "kill" | "pause" | "wipe" | "wrongClock" | "rightClock" | "cutPower"; readonly worker: number }
  | { readonly kind: "restartBroker" | "takeRegistry" };

function planOf(options: ChaosOptions, steps: number, random: () => number): ReadonlyMap<number, readonly Act[]> {
  const { kills, pauses, wipes, brokerRestarts, registryOutages, wrongClocks, powerCuts, fleet } = options;
  const plan = new Map<number, Act[]>();
  const at = (act: Act, step = Math.floor((0.05 + 0.85 * random()) * steps)): number => {
    plan.set(step, [...(plan.get(step) ?? []), act]);
    return step;
  };
  const worker = (): number => Math.floor(random() * fleet.size);
  for (let i = 0; i < kills; i++) at({ kind: "kill", worker: worker() });
  for (let i = 0; i < pauses; i++) at({ kind: "pause", worker: worker() });
  for (let i = 0; i < wipes; i++) at({ kind: "wipe", worker: worker() });
  for (let i = 0; i < brokerRestarts; i++) at({ kind: "restartBroker" });
  for (let i = 0; i < registryOutages; i++) at({ kind: "takeRegistry" });
  // Not near the half, at which the model is published: what is gone of that nobody would say again.
  for (let i = 0; i < powerCuts; i++) {
    const share = random() < 0.5 ? 0.1 + 0.3 * random() : 0.65 + 0.25 * random();
    at({ kind: "cutPower", worker: worker() }, Math.floor(share * steps));
  }
  for (let i = 0; i < wrongClocks; i++) {
    const wrong = worker();
    const step = at({ kind: "wrongClock", worker: wrong });
    at({ kind: "rightClock", worker: wrong }, Math.min(steps - 1, step + Math.ceil(CLOCK_WRONG * steps)));
  }
  return plan;
}

function outcomeOf(product: Product, id: string, label: number | null, timeOf: (index: number) => number) {
  if (label === null) return [];
  return [product.observation(id, { y: label, kind: "seen" }, timeOf(Number(id.slice(1))) + MINUTE)];
}

/** Trains on the rows so far, so that decisions before and after differ. */
async function publishModel(
  product: Product,
  options: ChaosOptions,
  until: number,
  say: (line: string) => void,
): Promise<void> {
  const result = await product.insist(() =>
    alone(options.open, (tools) => trainModel(tools, { useCase: "chaos", until }), options.partitions),
  );
  say(
    result.kind === "trained"
      ? `a model is published: ${result.model.states.at(-1)!.reason}`
      : "too few rows for a model",
  );
}

async function settled(product: Product, options: ChaosOptions, rows: number): Promise<void> {
  const started = performance.now();
  const topic = rowsTopic(compileBlueprint(CHAOS_BLUEPRINT));
  for (;;) {
    const written = await product.insist(() =>
      alone(
        options.open,
        async ({ backbone }) => {
          if ((await backbone.partitions(topic.name)) === undefined) return 0;
          // Counted one by one: Kafka's markers of transactions have offsets too.
          let count = 0;
          for await (const records of readRaw(backbone, topic.name)) count += records.length;
          return count;
        },
        options.partitions,
      ),
    );
    if (written >= rows || performance.now() - started > SETTLE_MS) return;
    await sleep(1_000);
  }
}

async function alone<T>(
  open: OpenPlace,
  work: (tools: Awaited<ReturnType<typeof openTools>>) => Promise<T>,
  partitions: number,
): Promise<T> {
  const place: Place = await open();
  try {
    const tools = await openTools({ ...place, partitions, codeVersion: "chaos" });
    try {
      return await work(tools);
    } finally {
      await tools.close();
    }
  } finally {
    await place.close();
  }
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
