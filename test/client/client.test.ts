import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, expectTypeOf, test } from "vitest";
import { createClient, type Client, type Decision } from "../../client/index.ts";
import { decisionRequests, decisions, events, models, observations } from "../../schemas/index.ts";
import { createEmbeddedBackbone, partitionOf, readTopic, StreamsError, type Topic } from "../../streams/index.ts";
import { HEAVY, inProduction, LIGHT, noScorers, onnx, parcels, scorers } from "../operators/parcels.ts";
import { PARTITIONS, runLoop, type RunningLoop } from "./running-loop.ts";

interface Products {
  parcels: {
    context: { weight?: number | undefined; carrier?: string; depot?: string };
    value: boolean;
    observations: { kind: "arrival"; delay: number };
  };
}

const heavy = { unit: "anna", context: { weight: 20, carrier: "air", depot: "north" } };

async function all<V>(
  loop: RunningLoop,
  topic: Topic<V>,
): Promise<{ key: string; value: V; time: number; partition: number }[]> {
  const found = [];
  for await (const { key, value, time, origin } of readTopic(loop.backbone, loop.serdes, topic)) {
    found.push({ key, value, time, partition: origin.partition });
  }
  return found;
}

describe("without a model", () => {
  let loop: RunningLoop;
  let client: Client<Products>;
  beforeAll(async () => {
    loop = await runLoop(noScorers);
    client = createClient<Products>({ backbone: loop.backbone, registry: loop.backbone.registry, now: () => 5_000 });
  });
  afterAll(async () => {
    await client.close();
    await loop.close();
  });

  test("a null value is the caller's default, with the reply's reason", async () => {
    const decision = await client.getDecision("parcels", heavy, { default: true });
    expect(decision).toEqual({
      value: true,
      isDefault: true,
      decisionId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      reason: "noModel",
      propensity: null,
      blueprint: parcels.version,
      modelId: null,
      repeatOf: null,
      error: null,
      payload: null,
      ranking: null,
    });
    expect((await client.getDecision("parcels", heavy)).value).toBeNull();
  });

  test("the decision is recorded with the unit, the time and the context it was asked with", async () => {
    const decisionId = randomUUID();
    await client.getDecision("parcels", { ...heavy, decisionId, deferred: true }, { time: 7_000 });
    const recorded = (await all(loop, decisions)).find(({ key }) => key === decisionId);
    expect(recorded?.value).toMatchObject({ unit: "anna", decisionTime: 7_000, deferred: true, modelId: null });
    expect(recorded?.value.features.slice(0, 2)).toEqual([20, "air"]);
  });

  test("an activation is a record of its decision, of no values, and says that it was shown", async () => {
    const decisionId = randomUUID();
    expect(await client.activate(decisionId, { useCase: "parcels", time: 8_000 })).toEqual({ ok: true });
    await client.logObservations(decisionId, { kind: "arrival", delay: 3 }, { activation: true });
    await client.logObservations(decisionId, { kind: "arrival", delay: 4 });
    const told = (await all(loop, observations)).filter(({ key }) => key === decisionId);
    expect(told.map(({ value, time }) => [value.activation, value.useCase, value.values, time])).toEqual([
      [true, "parcels", {}, 8_000],
      [true, "", { kind: "arrival", delay: 3 }, 5_000],
      [false, "", { kind: "arrival", delay: 4 }, 5_000],
    ]);
  });

  test("a caller without a time gets the edge's", async () => {
    const decisionId = randomUUID();
    await client.getDecision("parcels", { ...heavy, decisionId });
    expect((await all(loop, decisions)).find(({ key }) => key === decisionId)?.time).toBe(5_000);
  });

  test("what is over a limit is refused with the field's name, and is not stored", async () => {
    const long = "x".repeat(5_000_000);
    const decisionId = randomUUID();
    const asked = await client.getDecision("parcels", { unit: "b", decisionId, context: { carrier: long } });
    expect(asked).toMatchObject({ isDefault: true, value: null });
    expect(asked.error).toContain("the whole value has 50000");
    const named = await client.getDecision("parcels", { unit: "u".repeat(513), decisionId, context: {} });
    expect(named.error).toContain("unit has 513 bytes; at most 512 are taken");
    expect(await client.logObservations("d".repeat(513), { kind: "arrival", delay: 1 })).toMatchObject({
      ok: false,
      error: expect.stringContaining("decisionId has 513 bytes") as string,
    });
    expect(await client.logEvent("scan", { note: "x".repeat(300_000) })).toEqual({
      ok: false,
      error: "topic events: attributes.note has 300000 bytes; at most 262144 are taken",
    });
    expect((await all(loop, decisions)).some(({ key }) => key === decisionId)).toBe(false);
    const context = { carrier: "y".repeat(200_000) };
    expect(
      (await client.getDecision("parcels", { unit: "b", decisionId, context }, { timeout: 10_000 })).error,
    ).toBeNull();
  });

  test("undefined in a context is left out and a number that is not finite is a missing value", async () => {
    const decisionId = randomUUID();
    const context = { weight: undefined, carrier: "road" };
    expect((await client.getDecision("parcels", { unit: "b", context, decisionId })).error).toBeNull();
    expect((await client.getDecision("parcels", { unit: "b", context: { weight: Number.NaN } })).error).toBeNull();
    expect((await all(loop, decisions)).find(({ key }) => key === decisionId)?.value.features[0]).toBeNull();
  });

  test.each([
    [new Date(0), "context.weight is a Date: send its milliseconds or a string"],
    [[[1]], "context.weight[0] is an array: send its parts under names of their own"],
    [{ kg: 1 }, "context.weight is an object: send its parts under names of their own"],
    [1n, "context.weight is a bigint: send a string, number, boolean or null"],
  ])("a context value %o gives the default and says what to send instead", async (weight, error) => {
    const untyped: Client = client as unknown as Client;
    const context = { weight } as unknown as { weight: number };
    const decision = await untyped.getDecision("parcels", { unit: "b", context }, { default: "as before" });
    expect(decision).toMatchObject({ value: "as before", isDefault: true, reason: "error", error });
  });

  test("a context that no record holds gives the default, and the other requests of its turn their answers", async () => {
    const large = { unit: "big", context: { carrier: "x".repeat(1_000_000) } };
    const [first, tooLarge, last] = await Promise.all([
      client.getDecision("parcels", heavy),
      client.getDecision("parcels", large, { default: false }),
      client.getDecision("parcels", heavy),
    ]);
    expect(tooLarge).toMatchObject({ value: false, isDefault: true, reason: "error" });
    expect(tooLarge.error).toMatch(/the whole value has 1000\d+ bytes; at most 524288 are taken/);
    expect([first.reason, last.reason]).toEqual(["noModel", "noModel"]);
  });

  test("an unknown use case gives the default and says which are known", async () => {
    const untyped = client as unknown as Client;
    const decision = await untyped.getDecision("parcel", heavy, { default: 3 });
    expect(decision).toMatchObject({
      value: 3,
      isDefault: true,
      reason: "error",
      error: 'unknown use case "parcel": known are parcels',
    });
  });

  test("with throwOnError an error is thrown, a missing model is not", async () => {
    const untyped = client as unknown as Client;
    await expect(untyped.getDecision("parcel", heavy, { throwOnError: true })).rejects.toThrow("known are parcels");
    const date = { unit: "b", context: { weight: new Date(0) as unknown as number } };
    await expect(client.getDecision("parcels", date, { throwOnError: true })).rejects.toBeInstanceOf(StreamsError);
    expect((await client.getDecision("parcels", heavy, { throwOnError: true })).reason).toBe("noModel");
  });

  test("an observation is stored under its decision, where the decision is too", async () => {
    const { decisionId } = await client.getDecision("parcels", heavy);
    const stored = await client.logObservations(decisionId, { kind: "arrival", delay: 12 }, { time: 9_000 });
    expect(stored).toEqual({ ok: true, observationId: expect.stringMatching(/^[0-9a-f-]{36}$/) });
    const found = (await all(loop, observations)).filter(({ key }) => key === decisionId);
    const { observationId } = stored;
    expect(found).toEqual([
      {
        key: decisionId,
        time: 9_000,
        partition: partitionOf(Buffer.from(decisionId), PARTITIONS),
        value: {
          decisionId,
          useCase: "",
          observationId,
          optionId: "",
          activation: false,
          values: { kind: "arrival", delay: 12 },
        },
      },
    ]);
    expect((await all(loop, decisions)).find(({ key }) => key === decisionId)?.partition).toBe(found[0]?.partition);
  });

  test("a request lies where its decision does, and an observation may say of which use case its decision is", async () => {
    const { decisionId } = await client.getDecision("parcels", heavy);
    await client.logObservations(decisionId, { kind: "arrival", delay: 1 }, { useCase: "parcels" });
    const [request] = (await all(loop, decisionRequests)).filter(({ value }) => value.decisionId === decisionId);
    const [decision] = (await all(loop, decisions)).filter(({ key }) => key === decisionId);
    const [observation] = (await all(loop, observations)).filter(({ key }) => key === decisionId);
    expect(request).toMatchObject({ key: decisionId, partition: decision!.partition });
    expect(observation).toMatchObject({ partition: decision!.partition, value: { useCase: "parcels" } });
  });

  test("an observation that can't be stored says so and keeps its id for a repetition", async () => {
    const untyped = client as unknown as Client;
    const values = { when: new Date(0) as unknown as number };
    expect(await untyped.logObservations("d", values, { observationId: "o1" })).toEqual({
      ok: false,
      observationId: "o1",
      error: "observations.when is a Date: send its milliseconds or a string",
    });
    await expect(untyped.logObservations("d", values, { throwOnError: true })).rejects.toThrow("observations.when");
  });

  test.each([Number.NaN, Number.NEGATIVE_INFINITY, -1, 1.5, 1_795_725_000_000_000])(
    "nothing is sent at time %d: request, observation and event are refused",
    async (time) => {
      const how = { time, throwOnError: true } as const;
      const code = { code: "BAD_TIME" };
      await expect(client.getDecision("parcels", { unit: "u", context: {} }, how)).rejects.toMatchObject(code);
      await expect(client.logObservations("d", { kind: "arrival", delay: 1 }, how)).rejects.toMatchObject(code);
      await expect(client.logEvent("scan", {}, how)).rejects.toMatchObject(code);
      await expect(
        loop.publisher.publish([{ topic: events, key: "", value: { kind: "scan", attributes: {} }, time }]),
      ).rejects.toMatchObject(code);
    },
  );

  test("a time that is no whole millisecond is refused", async () => {
    expect(await client.logEvent("scan", {}, { time: 1.5 })).toEqual({
      ok: false,
      error: "time is 1.5: send whole milliseconds since 1970",
    });
  });

  test("an event is keyed by its kind or the given key", async () => {
    expect(await client.logEvent("scan", { depot: "north", minutes: 4 })).toEqual({ ok: true });
    expect(await client.logEvent("scan", { depot: "north" }, { key: "north", time: 6_000 })).toEqual({ ok: true });
    const stored = (await all(loop, events)).sort((a, b) => a.time - b.time);
    expect(stored.map(({ key, time }) => [key, time])).toEqual([
      ["scan", 5_000],
      ["north", 6_000],
    ]);
    expect(stored[0]?.value).toEqual({ kind: "scan", attributes: { depot: "north", minutes: 4 } });
  });

  test("two clients get their own answers, on whatever partition they read", async () => {
    const clients = ["a", "b", "c", "d"].map((clientId) =>
      createClient<Products>({ backbone: loop.backbone, registry: loop.backbone.registry, clientId }),
    );
    const ids = Array.from({ length: 80 }, () => randomUUID());
    const answers = await Promise.all(
      ids.map((decisionId, i) => clients[i % 4]!.getDecision("parcels", { ...heavy, decisionId })),
    );
    expect(answers.map(({ decisionId, reason }) => [decisionId, reason])).toEqual(ids.map((id) => [id, "noModel"]));
    await Promise.all(clients.map((each) => each.close()));
  });

  test("types: contexts, values and observations are the use case's", () => {
    expectTypeOf(client.getDecision("parcels", heavy, { default: false })).resolves.toEqualTypeOf<Decision<boolean>>();
    expectTypeOf(client.getDecision("parcels", heavy)).resolves.toEqualTypeOf<Decision<boolean | null>>();
    // @ts-expect-error no such use case
    const other = () => client.getDecision("parcel", heavy);
    // @ts-expect-error a weight is a number
    const wrong = () => client.getDecision("parcels", { unit: "a", context: { weight: "20" } });
    // @ts-expect-error not among the observations
    const unknown = () => client.logObservations("d", { kind: "arrival", delayed: 3 });
    expect([other, wrong, unknown]).toHaveLength(3);
  });
});

describe("with a model", () => {
  let loop: RunningLoop;
  let client: Client<Products>;
  beforeAll(async () => {
    loop = await runLoop(scorers);
    await loop.publisher.publish([{ topic: models, ...inProduction("m1", 1_000) }]);
    await loop.application.idle();
    client = createClient<Products>({ backbone: loop.backbone, registry: loop.backbone.registry });
  });
  afterAll(async () => {
    await client.close();
    await loop.close();
  });

  test("the reply is the policy's decision over the model's prediction", async () => {
    expect(onnx.length).toBeGreaterThan(0);
    const decision = await client.getDecision("parcels", heavy, { default: false });
    expect(decision).toMatchObject({
      value: true,
      isDefault: false,
      reason: "exploit",
      propensity: 1,
      blueprint: parcels.version,
      modelId: "m1",
      error: null,
    });
    const light = await client.getDecision("parcels", { unit: "ben", context: { weight: 1 } }, { default: true });
    expect(light).toMatchObject({ value: false, isDefault: false });
    const predictions = (await all(loop, decisions)).map(({ value }) => value.predictions["late"]!).sort();
    expect(predictions[0]).toBeCloseTo(LIGHT, 6);
    expect(predictions[1]).toBeCloseTo(HEAVY, 6);
  });
});

describe("when nobody answers", () => {
  let loop: RunningLoop;
  beforeAll(async () => {
    loop = await runLoop(noScorers, false);
  });
  afterAll(() => loop.close());

  const open = (): Client<Products> =>
    createClient<Products>({ backbone: loop.backbone, registry: loop.backbone.registry, defaults: { timeout: 30 } });

  test("a time-out gives the default with the error", async () => {
    const client = open();
    const decision = await client.getDecision("parcels", heavy, { default: false });
    expect(decision).toMatchObject({ value: false, isDefault: true, reason: "error", modelId: null, blueprint: null });
    expect(decision.error).toContain("within 30 ms: is the application running");
    await expect(client.getDecision("parcels", heavy, { throwOnError: true })).rejects.toMatchObject({
      code: "TIMEOUT",
    });
    await client.close();
  });

  test("closing the client gives the defaults at once, and later calls too", async () => {
    const client = open();
    const waiting = client.getDecision("parcels", heavy, { default: true, timeout: 3_600_000 });
    await client.close();
    expect(await waiting).toMatchObject({ value: true, reason: "error" });
    expect((await client.getDecision("parcels", heavy)).error).toContain("closed");
    expect(await client.logEvent("scan", {})).toMatchObject({ ok: false });
  });

  test("a backbone without the topics says what to start", async () => {
    const { backbone } = loop;
    const dir = await mkdtemp(join(tmpdir(), "loopstream-empty-"));
    const empty = await createEmbeddedBackbone({ dir });
    const client = createClient({ backbone: empty, registry: backbone.registry });
    expect((await client.getDecision("parcels", heavy)).error).toContain("there is no topic decision-replies");
    expect(await client.logEvent("scan", {})).toMatchObject({
      ok: false,
      error: expect.stringContaining("start the application that reads it"),
    });
    await client.close();
    await empty.close();
    await rm(dir, { recursive: true });
  });

  test("a closed backbone gives the default, and nothing is stored", async () => {
    const client = open();
    await client.getDecision("parcels", heavy);
    await loop.backbone.close();
    const decision = await client.getDecision("parcels", heavy, { default: true });
    expect(decision).toMatchObject({ value: true, isDefault: true, reason: "error" });
    expect(decision.error).toContain("closed");
    expect(await client.logObservations("d", { kind: "arrival", delay: 1 })).toMatchObject({ ok: false });
    await client.close();
  });
});
