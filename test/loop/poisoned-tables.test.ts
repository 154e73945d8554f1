import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { compileBlueprint } from "../../blueprints/index.ts";
import { validBlueprints, blueprintTable, readModels } from "../../catalogue/index.ts";
import { createClient, type Client } from "../../client/index.ts";
import { audit, explainDecision } from "../../recompute/index.ts";
import {
  blueprints,
  clock,
  deadLetters,
  decisionRequests,
  modelArtifacts,
  models,
  observations,
  rowsTopicName,
  type BlueprintPublished,
} from "../../schemas/index.ts";
import { createEmbeddedBackbone, readTable, readTopic, type EmbeddedBackbone } from "../../streams/index.ts";
import {
  openTools,
  publishBlueprint,
  startLoop,
  withdrawBlueprint,
  type Loop,
  type LoopOptions,
} from "../../loop/index.ts";
import { readArtifact } from "../../serving/index.ts";
import { readRows, rowsTopic } from "../../rows/index.ts";
import { rebuildModel, trainModel } from "../../trainer/index.ts";
import { eventually } from "../eventually.ts";

const SHOP = `
useCase: shop
decisionSpace: boolean
context: { price: number }
features: [price]
observations: { amount: number }
label: { name: sale, value: amount > 5, wait: 2s, default: 0 }
policy: { decide: sale > 0.5 }
join: { ttl: 20s }
training: { minRows: 1, schedule: none, freshRows: none }
`;
const shop = compileBlueprint(SHOP);
const { version } = shop.blueprint;
/** As a newer release may write it. */
const NEWER = `${SHOP}exploration: { epsilon: 10% }\n`;

let dir: string;
let backbone: EmbeddedBackbone;
let loop: Loop | undefined;
let client: Client;
/** Event time, moved by hand. */
let now: number;

const options = (): LoopOptions => ({
  id: "x",
  backbone,
  registry: backbone.registry,
  stateDir: join(dir, "state"),
  partitions: 1,
  delivery: "exactlyOnce",
  commitIntervalMs: 0,
  maxTaskIdleMs: Number.POSITIVE_INFINITY,
  salt: "x",
  codeVersion: "test",
});

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "loopstream-poison-"));
  backbone = await createEmbeddedBackbone({ dir });
  loop = await startLoop(options());
  await publishBlueprint(loop, SHOP, 0);
  client = createClient({ backbone, registry: backbone.registry });
  now = Date.now() - 60_000;
});
afterEach(async () => {
  await client.close();
  await loop?.close();
  await backbone.close();
  await rm(dir, { recursive: true });
});

async function restarted(): Promise<Loop> {
  await loop?.close();
  loop = undefined;
  return (loop = await startLoop(options()));
}

async function garbage(topic: string, key: string, value: Uint8Array = Buffer.from("hello")): Promise<void> {
  const producer = await backbone.producer();
  await producer.send([{ topic, partition: 0, timestamp: now, key: Buffer.from(key), value }]);
  await producer.close();
}

function publish(useCase: string, of: string, text: string): Promise<void> {
  const value: BlueprintPublished = {
    useCase,
    version: of,
    text,
    activations: [{ time: 0, live: true }],
    shadowings: [],
    parameters: [],
    modes: [],
  };
  return loop!.publisher.publish([{ topic: blueprints, key: `${useCase}/${of}`, value, time: now }]);
}

const ask = async (decisionId: string, useCase = "shop") =>
  client.getDecision(useCase, { decisionId, unit: "u", context: { price: 1 } }, { timeout: 5_000 });

/** A decision made at `now`, and a second later what it led to. */
async function decided(decisionId: string): Promise<void> {
  const request = { decisionId, useCase: "shop", unit: "u", context: { price: 1 }, deferred: false };
  const seen = { decisionId, useCase: "shop", observationId: "", values: { amount: 9 } };
  await loop!.publisher.publish([
    { topic: decisionRequests, key: decisionId, value: request, time: now },
    { topic: observations, key: decisionId, value: seen, time: now + 1_000 },
  ] as never);
  await loop!.application.idle();
}

async function tickTo(time: number): Promise<void> {
  await loop!.publisher.publish([{ topic: clock, key: "clock", value: { time }, time }]);
  await loop!.application.idle();
}

async function letters(): Promise<readonly (readonly [string, string])[]> {
  const found: [string, string][] = [];
  for await (const { key, value } of readTopic(backbone, loop!.serdes, deadLetters)) found.push([key, value.code]);
  return found;
}

async function labels(): Promise<Record<string, unknown>> {
  const found: Record<string, unknown> = {};
  for await (const { key, value } of readTopic(backbone, loop!.serdes, rowsTopic(shop))) found[key] = value["label"];
  return found;
}

test.each([blueprints, models, modelArtifacts, clock])(
  "a record on $name that can't be decoded stops nothing, live or after a restart",
  async ({ name }) => {
    await garbage(name, "zzz");
    await garbage(name, "");
    expect(await ask("after")).toMatchObject({ reason: "noModel" });
    await restarted();
    expect(await ask("again")).toMatchObject({ reason: "noModel" });
  },
);

test.each([blueprints, models, clock])(
  "a record on $name that can't be decoded is in the dead letters with its place",
  async ({ name }) => {
    const [{ end } = { end: 0 }] = await backbone.offsets([name]);
    await garbage(name, "zzz");
    await loop!.application.idle();
    await eventually(async () => expect(await letters()).toContainEqual([`${name}/0/${end}`, "UNDECODABLE"]));
  },
);

test("every tool goes on beside records that can't be decoded, and is told of each once, with its place", async () => {
  await decided("d");
  await tickTo(now + 5_000);
  await eventually(async () => expect(await labels()).toEqual({ d: 1 }));
  const topics = [blueprints.name, models.name, modelArtifacts.name, rowsTopicName("shop")];
  for (const topic of topics) await garbage(topic, "shop/zzz");
  const tools = await openTools(options());
  const told: string[] = [];
  tools.serdes.unreadable.listen(({ record }) => told.push(record.topic));
  try {
    const source = { ...tools, scorers: tools.scorers.get.bind(tools.scorers), salt: "x" };
    expect(await explainDecision(source, "d")).toMatchObject({ equal: true });
    expect(await audit(source, { share: 1, from: 0, to: Number.POSITIVE_INFINITY })).toMatchObject({ sampled: 1 });
    expect(await readModels(tools)).toEqual([]);
    const known = validBlueprints(await readTable(tools.backbone, tools.serdes, blueprintTable));
    const { rows } = await readRows(tools.backbone, tools.serdes, shop, known, Number.POSITIVE_INFINITY);
    expect(rows.map(({ decisionId }) => decisionId)).toEqual(["d"]);
    await expect(trainModel(tools, { useCase: "shop", until: now + 6_000, holdout: 0 })).resolves.toMatchObject({
      kind: "trained",
    });
    await withdrawBlueprint(tools, "shop", version, now);
    expect(told.sort()).toEqual([blueprints.name, models.name, rowsTopicName("shop")].sort());
  } finally {
    await tools.close();
  }
});

test("records of rows and model files that can't be decoded are dead letters once they are met, each once", async () => {
  await decided("d");
  await tickTo(now + 5_000);
  await eventually(async () => expect(await labels()).toEqual({ d: 1 }));
  const train = () => trainModel(loop!, { useCase: "shop", until: now + 6_000, holdout: 0 });
  await train();
  await garbage(rowsTopicName("shop"), "zzz");
  await garbage(modelArtifacts.name, "zzz");
  const [model] = await readModels(loop!);
  await rebuildModel(loop!, model!);
  for (let times = 0; times < 3; times++) {
    await train();
    await readArtifact(backbone, loop!.serdes, { ...model!.artifact, chunks: 2 }).catch(() => undefined);
  }
  const rowsPlace = `${rowsTopicName("shop")}/0/1`;
  await eventually(async () =>
    expect([...(await letters())].sort()).toEqual(
      [
        [`${modelArtifacts.name}/0/1`, "UNDECODABLE"],
        [rowsPlace, "UNDECODABLE"],
      ].sort(),
    ),
  );
});

test("a blueprint of a newer release stops its own use case, which is refused with the reason, and no other", async () => {
  await ask("before");
  await publish("other", "aaaaaaaaaaaa", NEWER.replace("useCase: shop", "useCase: other"));
  await loop!.application.idle();
  expect(await ask("after")).toMatchObject({ reason: "noModel" });
  expect(await ask("refused", "other")).toMatchObject({
    reason: "error",
    error: expect.stringMatching(
      /other\/aaaaaaaaaaaa can't be read by this release.*exploration.*needs a newer release/s,
    ),
  });
  expect(await letters()).toContainEqual(["blueprints/0/1", "NEWER_RELEASE"]);
  await restarted();
  expect(await ask("again")).toMatchObject({ reason: "noModel" });
});

test("rows of a version that can't be read wait, and come out as they would have, once it can", async () => {
  await decided("early");
  await publish("shop", version, NEWER);
  await loop!.application.idle();
  for (let at = 1; at <= 6; at++) await tickTo(now + at * 1_000);
  expect(await labels()).toEqual({});
  await publish("shop", version, SHOP);
  await loop!.application.idle();
  for (let at = 7; at <= 9; at++) await tickTo(now + at * 1_000);
  await eventually(async () => expect(await labels()).toEqual({ early: 1 }));
  expect((await letters()).map(([, code]) => code)).toEqual(["NEWER_RELEASE"]);
});

test("rows wait as well where the version's record can't even be decoded", async () => {
  await decided("early");
  await garbage(blueprints.name, `shop/${version}`);
  await loop!.application.idle();
  for (let at = 1; at <= 6; at++) await tickTo(now + at * 1_000);
  await publish("shop", version, SHOP);
  await loop!.application.idle();
  for (let at = 7; at <= 9; at++) await tickTo(now + at * 1_000);
  await eventually(async () => expect(await labels()).toEqual({ early: 1 }));
});

test("a text that is not the version its record names is that version's fault alone", async () => {
  await publish("shop", "bbbbbbbbbbbb", SHOP);
  await publish("bags", version, SHOP);
  await loop!.application.idle();
  expect(validBlueprints(loop!.application.global(blueprintTable)).unreadable()).toEqual([
    `bags/${version}`,
    "shop/bbbbbbbbbbbb",
  ]);
});
