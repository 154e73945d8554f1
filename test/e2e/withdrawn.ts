import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { expect } from "vitest";
import { openTools, connect, replay, settingsOf, type LoopstreamOptions, type Tools } from "../../loop/index.ts";
import { blueprints, decisionRequests, decisions, models, type DecisionRecorded } from "../../schemas/index.ts";
import { writeArtifact } from "../../serving/index.ts";
import { Outages, readTopic, silent, type Backbone, type SchemaRegistry } from "../../streams/index.ts";
import { inProduction, onnx, published, request } from "../operators/parcels.ts";
import { succeeding } from "./command.ts";
import { startLoopstream } from "./running.ts";

/** 2,000 requests a second of event time: so many before the withdrawal, and so many behind it. */
const HALF = 10_000;
/** Of those before it, asked while no loop runs and so decided only behind the withdrawal. */
const QUEUED = 3_000;
const timeOf = (start: number, at: number): number => start + Math.floor(at / 2);

interface Site {
  readonly dir: string;
  readonly options: LoopstreamOptions;
  /** The same for the command line. */
  readonly args: readonly string[];
  readonly ready: string;
}

type Work<T> = (tools: Tools, log: { readonly backbone: Backbone; readonly registry: SchemaRegistry }) => Promise<T>;

/** Works through the process that has the log open, or on the log itself. */
async function withTools<T>({ options }: Site, work: Work<T>): Promise<T> {
  const connection = await connect(settingsOf(options), { outages: new Outages(), log: silent });
  const { backbone, registry } = connection;
  try {
    const tools = await openTools({ ...connection, partitions: 2, codeVersion: "test" });
    return await work(tools, { backbone, registry }).finally(() => tools.close());
  } finally {
    await connection.close();
  }
}

async function all(tools: Tools, name = decisions.name): Promise<readonly DecisionRecorded[]> {
  const found: DecisionRecorded[] = [];
  for await (const { value } of readTopic(tools.backbone, tools.serdes, { ...decisions, name })) found.push(value);
  return found;
}

/** Requests `from` to `to`. The time of the first of each half is `start`. */
async function ask({ publisher }: Tools, start: number, from: number, to: number): Promise<void> {
  for (let at = from; at < to; at += 1_000) {
    const some = Array.from({ length: Math.min(1_000, to - at) }, (_, n) => at + n);
    await publisher.publish(
      some.map((n) => {
        const value = request(`d${n}`, { weight: 20 }, { unit: `unit-${n % 997}` });
        return { topic: decisionRequests, key: `d${n}`, value, time: timeOf(start, n - (from >= HALF ? HALF : 0)) };
      }),
    );
  }
}

async function start({ args, ready }: Site) {
  const loop = startLoopstream(["start", "--json", ...args]);
  await loop.says(ready);
  return loop;
}

/** Resolves once `is` holds of the decisions there are. */
async function until(site: Site, is: (made: readonly DecisionRecorded[]) => boolean): Promise<void> {
  for (let looks = 0; ; looks++) {
    if (is(await withTools(site, (tools) => all(tools)))) return;
    if (looks > 600) throw new Error("the decisions that were waited for did not come");
    await delay(100);
  }
}

const modelsOf = (made: readonly DecisionRecorded[]): readonly (string | null)[] => [
  ...new Set(made.map(({ modelId }) => modelId)),
];

/**
 * A stream of 2,000 requests a second of event time, in whose middle the model is withdrawn by the command, while the loop
 * is killed before the withdrawal, and again behind it. Every decision up to the withdrawal's time is by the model and
 * none behind it; so are those of an audit and of a replay.
 */
export async function withdrawnMidway(site: Site): Promise<void> {
  const began = Date.now() - 60_000;
  await withTools(site, async (tools) => {
    const artifact = await writeArtifact(tools.backbone, tools.publisher, onnx, 1, {});
    const { value, ...record } = inProduction("m1", 1);
    await tools.publisher.publish([{ topic: blueprints, ...published(undefined, 0) }]);
    await tools.publisher.publish([{ topic: models, ...record, value: { ...value, artifact } }]);
    await ask(tools, began, 0, HALF - QUEUED);
  });
  const first = await start(site);
  await until(site, (made) => made.length > 0);
  first.kill();
  await first.ended();
  await withTools(site, (tools) => ask(tools, began, HALF - QUEUED, HALF));
  const run = succeeding(site.args);
  const { json } = await run("models", "withdraw", "m1", "--reason", "too many");
  const withdrawn = (json["states"] as readonly { readonly state: string; readonly time: number }[]).at(-1)!;
  expect(withdrawn.state).toBe("withdrawn");
  // One request of exactly that time, and the others behind it.
  await withTools(site, (tools) => ask(tools, withdrawn.time, HALF, 2 * HALF));
  const second = await start(site);
  await until(site, (made) => made.some(({ modelId }) => modelId === null));
  second.kill();
  await second.ended();
  const third = await start(site);
  try {
    await until(site, (made) => made.length >= 2 * HALF);
    await withTools(site, async (tools, log) => {
      const made = await all(tools);
      expect(new Set(made.map(({ decisionId }) => decisionId)).size).toBe(2 * HALF);
      expect(made.length).toBe(2 * HALF);
      const [early, late] = [true, false].map((is) => made.filter((one) => one.decisionTime <= withdrawn.time === is));
      // Two requests have the very millisecond of the withdrawal: it does not count for them.
      expect([early!.length, late!.length]).toEqual([HALF + 2, HALF - 2]);
      expect([modelsOf(early!), modelsOf(late!)]).toEqual([["m1"], [null]]);
      expect(new Set(late!.map(({ reason, value }) => `${reason} ${value}`))).toEqual(new Set(["noModel null"]));
      const again = await replay({
        ...log,
        ...{ partitions: 2, stateEngine: "leveldb", salt: settingsOf(site.options).salt, commitIntervalMs: 1_000 },
        ...{ dir: join(site.dir, "replays"), stepMs: 3_600_000, latenessMs: 3_600_000 },
        request: { useCase: "parcels" },
      });
      const replayed = await all(tools, `${again!.replay}-${decisions.name}`);
      const byId = (some: readonly DecisionRecorded[]) =>
        new Map(
          some.map(({ decisionId, modelId, predictions, value }) => [decisionId, { modelId, predictions, value }]),
        );
      expect(replayed.length).toBe(2 * HALF);
      expect(byId(replayed)).toEqual(byId(made));
    });
    const audited = await run("audit", "--sample", "100%");
    expect(audited.json).toMatchObject({ sampled: 2 * HALF, differing: 0 });
  } finally {
    third.kill();
    await third.ended();
  }
}
