import { afterAll, beforeAll, expect, inject, test } from "vitest";
import {
  createConfluentRegistry,
  createKafkaBackbone,
  createMemoryEngine,
  prefixed,
  type Backbone,
} from "../../../streams/index.ts";
import { openTools, publishBlueprint, replay, startLoop, type LoopOptions } from "../../../loop/index.ts";
import { random } from "../../blueprints/random.ts";
import { newDir } from "../../streams/backbones/local/new-dir.ts";
import { runKilled } from "./run-killed.ts";
import { SHOP, shopFiles, shopLines } from "./shop.ts";
import { embeddedLoop, importInto, loopOptions, rowsOn, stateOf, type ShopState } from "./shop-log.ts";

const HOUR = 3_600_000;
let folder: Awaited<ReturnType<typeof newDir>>;
let files: ReturnType<typeof shopFiles>;
let whole: ShopState;
let kafka: Backbone;
const registry = createConfluentRegistry({ url: inject("registry") });

beforeAll(async () => {
  folder = await newDir();
  kafka = await createKafkaBackbone({ brokers: inject("brokers").split(",") });
  // Two weeks: longer than an observation waits for its decision.
  files = shopFiles(folder.path, "whole", shopLines(1_400));
  const { loop, close } = await embeddedLoop(`${folder.path}/whole`);
  await importInto(loop, files);
  whole = await stateOf(loop);
  await close();
}, 900_000);
afterAll(async () => {
  await kafka.close();
  await registry.close();
  await folder.remove();
});

function place(name: string): { readonly prefix: string; readonly options: LoopOptions } {
  const prefix = `ways-${process.pid}-${name}-`;
  const backbone = prefixed(kafka, prefix);
  const live = { maxTaskIdleMs: 0, commitIntervalMs: 20, subjectPrefix: prefix } as const;
  return { prefix, options: { ...loopOptions(backbone, registry, `${folder.path}/${name}`), ...live } };
}

async function imported(prefix: string, kills: number, seed: number): Promise<void> {
  const next = random(seed);
  const servers = { brokers: inject("brokers"), registry: inject("registry"), prefix };
  for (let kill = 0; kill < kills; kill += 1) {
    const killAt = 1 + Math.floor(next() * 300);
    expect(await runKilled({ dir: folder.path, files, kafka: servers, killAt })).toBe("killed");
  }
  expect(await runKilled({ dir: folder.path, files, kafka: servers, killAt: 0 })).toBeGreaterThan(0);
}

test(
  "imported before the loop starts, killed on the way, Kafka has the rows of an embedded import, and so has a replay",
  { timeout: 900_000 },
  async () => {
    const { prefix, options } = place("before");
    const tools = await openTools(options);
    await publishBlueprint(tools, SHOP);
    await tools.close();
    await imported(prefix, 3, 1);
    const loop = await startLoop(options);
    await loop.application.idle();
    expect(await stateOf(loop)).toEqual(whole);
    const again = await replay({
      ...options,
      engine: createMemoryEngine(),
      dir: folder.path,
      request: { useCase: "shop" },
      stepMs: 24 * HOUR,
      latenessMs: HOUR,
    });
    expect(await rowsOn(loop, again!.rowsTopic)).toEqual(whole.rows);
    await loop.close();
  },
);

test(
  "imported while the loop runs, killed on the way, Kafka has the rows of an embedded import",
  { timeout: 900_000 },
  async () => {
    const { prefix, options } = place("running");
    const loop = await startLoop(options);
    await publishBlueprint(loop, SHOP);
    await imported(prefix, 2, 2);
    await loop.application.idle();
    expect(await stateOf(loop)).toEqual(whole);
    await loop.close();
  },
);
