import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { createClient } from "../../client/index.ts";
import { blueprints, decisions, observations } from "../../schemas/index.ts";
import { createConfluentRegistry, createKafkaBackbone, readTopic, type Backbone } from "../../streams/index.ts";
import { startLoop, type Loop } from "../../loop/index.ts";
import { artifacts } from "../servers/artifacts.ts";
import { candidates, FILMS } from "../http/films.ts";
import { parcels, published } from "../operators/parcels.ts";
import { FETCH_MS, runPython } from "../python/venv.ts";

let dir: string;
let backbone: Backbone;
let loop: Loop;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "loopstream-plain-client-"));
  backbone = await createKafkaBackbone({ brokers: inject("brokers"), heartbeatIntervalMs: 200 });
  loop = await startLoop({
    id: `plain-client-${randomUUID()}`,
    backbone,
    registry: createConfluentRegistry({ url: inject("registry") }),
    stateDir: dir,
    partitions: 3,
    delivery: "exactlyOnce",
    commitIntervalMs: 20,
    maxTaskIdleMs: 0,
    salt: "salt",
    codeVersion: "test",
  });
  await loop.publisher.publish([
    { topic: blueprints, ...published() },
    { topic: blueprints, ...published(FILMS) },
  ]);
  await loop.application.idle();
});
afterAll(async () => {
  await loop.close();
  await backbone.close();
  await rm(dir, { recursive: true });
});

async function askWithJava(
  decisionId: string,
  useCase: string,
  asked: object = { weight: 20, carrier: "air", express: true, depot: null },
  options: readonly object[] = [],
): Promise<Record<string, unknown>> {
  const jars = join((await artifacts()).kafka, "*");
  const source = join(import.meta.dirname, "plain-client/Request.java");
  const [context, candidates] = [JSON.stringify(asked), JSON.stringify(options)];
  const { stdout } = await promisify(execFile)(
    "java",
    [
      "-Xmx128m",
      "-cp",
      jars,
      source,
      inject("brokers"),
      inject("registry"),
      useCase,
      decisionId,
      "anna",
      context,
      candidates,
    ],
    { timeout: 900_000 },
  );
  return JSON.parse(stdout) as Record<string, unknown>;
}

async function recorded(decisionId: string) {
  for await (const { key, value } of readTopic(backbone, loop.serdes, decisions)) if (key === decisionId) return value;
  return undefined;
}

test("a Java program with Apache's client alone asks for a decision and gets its reply", async () => {
  const decisionId = randomUUID();
  expect(await askWithJava(decisionId, "parcels")).toEqual({
    decisionId,
    useCase: "parcels",
    value: null,
    reason: "noModel",
    propensity: null,
    blueprintVersion: parcels.version,
    modelId: null,
    error: null,
    repeatOf: null,
    payload: null,
    ranking: null,
  });
  const decision = await recorded(decisionId);
  expect(decision).toMatchObject({ unit: "anna", reason: "noModel", blueprintVersion: parcels.version });
  expect(decision?.features).toEqual([20, "air", 1, null, null, null]);
}, 900_000);

const ranked = { value: "f2", ranking: ["f2", "f3", "f4"], reason: "noModel", propensity: 1, error: null };
const shown = [
  ["f2", 1],
  ["f3", 2],
  ["f4", 3],
];
const positions = async (decisionId: string) =>
  (await recorded(decisionId))?.options.map(({ optionId, position }) => [optionId, position]);
const whole = candidates.map((candidate) => ({ context: {}, ...candidate }));

test("a Java program brings candidates and reads their ranking", async () => {
  const decisionId = randomUUID();
  expect(await askWithJava(decisionId, "films", { hour: 9 }, whole)).toMatchObject({ decisionId, ...ranked });
  expect(await positions(decisionId)).toEqual(shown);
}, 900_000);

test(
  "a Python program with confluent-kafka alone does so too",
  async () => {
    const decisionId = randomUUID();
    const request = { decisionId, useCase: "films", unit: "anna", context: { hour: 9 }, candidates: whole };
    const plan = { brokers: inject("brokers"), registry: inject("registry"), request };
    const script = join(import.meta.dirname, "plain-client/request.py");
    expect(await runPython(script, [JSON.stringify(plan)])).toMatchObject({ decisionId, ...ranked });
    expect(await positions(decisionId)).toEqual(shown);
  },
  FETCH_MS,
);

test("a Java program is told what is wrong with its request", async () => {
  expect(await askWithJava(randomUUID(), "parcel")).toMatchObject({
    reason: "error",
    value: null,
    error: expect.stringContaining('unknown use case "parcel"'),
  });
}, 900_000);

test("the client gets its decisions and stores its observations on the real broker", async () => {
  const client = createClient({ backbone, registry: createConfluentRegistry({ url: inject("registry") }) });
  const asked = Array.from({ length: 20 }, () =>
    client.getDecision("parcels", { unit: "anna", context: { weight: 1 } }, { default: false, timeout: 20_000 }),
  );
  for (const decision of await Promise.all(asked)) {
    expect(decision).toMatchObject({ value: false, isDefault: true, reason: "noModel", error: null });
  }
  const { decisionId } = await asked[0]!;
  const { observationId, ok } = await client.logObservations(decisionId, { kind: "arrival", delay: 3 });
  expect(ok).toBe(true);
  const stored = [];
  for await (const { key, value } of readTopic(backbone, loop.serdes, observations)) {
    if (key === decisionId) stored.push(value);
  }
  expect(stored).toEqual([
    { decisionId, useCase: "", observationId, optionId: "", activation: false, values: { kind: "arrival", delay: 3 } },
  ]);
  await client.close();
}, 900_000);
