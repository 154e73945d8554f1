import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { parseBlueprint } from "../../blueprints/index.ts";
import { createClient } from "../../client/index.ts";
import { decisions, events } from "../../schemas/index.ts";
import {
  createConfluentRegistry,
  createKafkaBackbone,
  prefixed,
  readTopic,
  type Backbone,
} from "../../streams/index.ts";
import { publishBlueprint, replay, startLoop, storeBlueprint, type Loop } from "../../loop/index.ts";
import { HOUR, PARCELS } from "../operators/parcels.ts";
import { eventually } from "../eventually.ts";

const CARRIER = PARCELS.replace(
  "features:\n",
  "features:\n  - n_carrier_3h: { count: true, of: scan, by: carrier, in: 3h }\n",
);
const prefix = `observed-${randomUUID()}-`;
const registry = createConfluentRegistry({ url: inject("registry") });
let dir: string;
let whole: Backbone;
let backbone: Backbone;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "loopstream-observed-"));
  whole = await createKafkaBackbone({ brokers: inject("brokers"), heartbeatIntervalMs: 200 });
  backbone = prefixed(whole, prefix);
});
afterAll(async () => {
  await registry.close();
  await whole.close();
  await rm(dir, { recursive: true });
});

const shared = { partitions: 3, commitIntervalMs: 20, salt: "salt", subjectPrefix: prefix } as const;
const start = (stateDir: string): Promise<Loop> =>
  startLoop({
    ...shared,
    id: "loop",
    backbone,
    registry,
    stateDir: join(dir, stateDir),
    delivery: "exactlyOnce",
    maxTaskIdleMs: 0,
    codeVersion: "test",
  });
async function all(loop: Loop): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const { value, time } of readTopic(backbone, loop.serdes, events))
    found.push(
      `${value.kind} of ${String(value.attributes["depot"])} and ${String(value.attributes["carrier"])} at ${time}`,
    );
  return found.sort();
}

test("kafka: an observation is one event, across a retry and a lost disk; windows see it, and a later version's do in a replay", async () => {
  const now = Date.now() - HOUR;
  let loop = await start("one");
  const client = createClient({ backbone, registry, subjectPrefix: prefix, defaults: { timeout: 30_000 } });
  try {
    await publishBlueprint(loop, PARCELS);
    await loop.application.idle();
    const decide = (id: string, time: number, carrier: string) =>
      client.getDecision(
        "parcels",
        { decisionId: id, unit: id, context: { weight: 3, carrier, depot: "north" } },
        { time, throwOnError: true },
      );
    const observe = (time: number) =>
      client.logObservations(
        "a",
        { kind: "scan", minutes: 4 },
        { time, observationId: `o${time}`, useCase: "parcels" },
      );
    await decide("a", now, "air");
    for (const time of [now + 1, now + 2, now + 1]) expect((await observe(time)).ok).toBe(true);
    const expected = [now + 1, now + 2].map((time) => `scan of north and air at ${time}`);
    await eventually(async () => expect(await all(loop)).toEqual(expected), { timeout: 30_000 });
    await loop.close();
    loop = await start("two");
    await loop.application.idle();
    expect((await observe(now + 2)).ok).toBe(true);
    await loop.application.idle();
    await decide("b", now + 3, "road");
    await decide("c", now + 4, "air");
    expect(await all(loop)).toEqual(expected);
    const features = async (at: Backbone): Promise<Record<string, readonly unknown[]>> => {
      const found: Record<string, readonly unknown[]> = {};
      for await (const { key, value } of readTopic(at, loop.serdes, decisions)) found[key] = value.features.slice(0, 6);
      return found;
    };
    await eventually(
      async () =>
        expect(await features(backbone)).toEqual({
          a: [3, "air", null, null, 0, null],
          b: [3, "road", null, 4, 2, 4],
          c: [3, "air", null, 4, 2, 4],
        }),
      { timeout: 900_000 },
    );
    await storeBlueprint(loop, CARRIER);
    const request = { useCase: "parcels", blueprintVersion: parseBlueprint(CARRIER).version };
    const more = { dir: join(dir, "replays"), stepMs: 24 * HOUR, latenessMs: HOUR, stateEngine: "leveldb" } as const;
    const made = await replay({ ...shared, ...more, backbone, registry, request });
    const again = await features(prefixed(backbone, `${made!.replay}-`));
    expect(Object.fromEntries(Object.entries(again).map(([id, [count]]) => [id, count]))).toEqual({ a: 0, b: 0, c: 2 });
    expect(await all(loop)).toEqual(expected);
  } finally {
    await client.close();
    await loop.close();
  }
}, 900_000);
