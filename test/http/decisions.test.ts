import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { decisions, deadLetters } from "../../schemas/index.ts";
import { openShared, readTopic, Serdes, type Topic } from "../../streams/index.ts";
import { httpLoop, type HttpLoop } from "./http-loop.ts";

let at: HttpLoop;
beforeAll(async () => {
  at = await httpLoop();
});
afterAll(() => at?.[Symbol.asyncDispose]());

const anna = { useCase: "tips", unit: "anna", context: { days: 3, plan: "free" }, timeoutMs: 20_000 };
const MINUTE = 60_000;

async function all<V>(topic: Topic<V>): Promise<readonly V[]> {
  const { backbone, registry, close } = await openShared(at.dir);
  const found: V[] = [];
  for await (const { value } of readTopic(backbone, new Serdes(registry), topic)) found.push(value);
  await close();
  return found;
}

describe("decisions over HTTP", () => {
  test("the same id is the same decision: one answer, one record, whoever asks", async () => {
    const first = await at.post("/v1/decisions", { ...anna, decisionId: "d/ 1é" });
    expect(first).toMatchObject({
      status: 200,
      body: { decisionId: "d/ 1é", useCase: "tips", value: null, reason: "noModel", modelId: null, error: null },
    });
    const again = await at.post("/v1/decisions", { ...anna, decisionId: "d/ 1é", context: { days: 9 } });
    expect(again.body).toEqual(first.body);
    const own = await at.loop.getDecision("tips", { unit: "anna", context: {}, decisionId: "d/ 1é" });
    expect({ blueprint: own.blueprint }).toEqual({ blueprint: (first.body as { blueprint: string }).blueprint });
    expect((await all(decisions)).filter(({ decisionId }) => decisionId === "d/ 1é")).toMatchObject([
      { unit: "anna", features: [3, "free", null], deferred: false },
    ]);
  });

  test("without an id a new one is made, and an answer holds it", async () => {
    const [one, two] = [await at.post("/v1/decisions", anna), await at.post("/v1/decisions", anna)];
    expect((one.body as { decisionId: string }).decisionId).toMatch(/^[0-9a-f-]{36}$/);
    expect(one.body).not.toEqual(two.body);
  });

  test("a use case that is not there is refused before anything is written, and the name that was meant is told", async () => {
    const asked = await at.post("/v1/decisions", { ...anna, useCase: "tipps" });
    expect(asked.headers.get("content-type")).toContain("application/problem+json");
    expect(asked).toMatchObject({
      status: 404,
      body: {
        code: "UNKNOWN_USE_CASE",
        status: 404,
        detail: 'use case "tipps" is not known: did you mean "tips"?',
        field: "useCase",
      },
    });
    expect(await all(deadLetters)).toEqual([]);
  });

  test("no answer in time is 504 with the id under which the answer comes", async () => {
    const late = await at.post("/v1/decisions", { ...anna, timeoutMs: 1 });
    // A fast machine may answer within a millisecond.
    if (late.status === 200) return;
    const { decisionId } = late.body as { decisionId: string };
    expect(late).toMatchObject({ status: 504, body: { code: "TIMEOUT" } });
    expect(await at.post("/v1/decisions", { ...anna, decisionId })).toMatchObject({
      status: 200,
      body: { decisionId },
    });
  });

  test("each item of a bulk has a status of its own, in their order", async () => {
    const decisionsAsked = [
      { ...anna, decisionId: "b-1" },
      { ...anna, useCase: "nope" },
      { ...anna, decisionId: "b-1" },
    ];
    const { status, body } = await at.post("/v1/decisions/bulk", { decisions: decisionsAsked });
    expect(status).toBe(200);
    const { results } = body as { results: readonly { status: number; decision?: unknown }[] };
    expect(results.map((one) => one.status)).toEqual([200, 404, 200]);
    expect(results[0]).toEqual(results[2]);
    expect(results[1]).toMatchObject({ problem: { code: "UNKNOWN_USE_CASE" } });
  });
});

describe("observations and events over HTTP", () => {
  test("an observation id counts once, however often it is sent, and another one again", async () => {
    const time = Date.now() - 20 * MINUTE;
    await at.post("/v1/decisions", { ...anna, decisionId: "o-1", time });
    const told = (observationId: string | undefined, amount: number) =>
      at.post("/v1/decisions/o-1/observations", { observationId, values: { amount }, useCase: "tips", time: time + 1 });
    expect(await told("x", 2)).toMatchObject({ status: 200, body: { stored: true, observationId: "x" } });
    await told("x", 2);
    await told("y", 5);
    const { body } = await at.post("/v1/observations/bulk", {
      observations: [
        { decisionId: "o-1", observationId: "y", values: { amount: 5 }, time: time + 1 },
        { decisionId: "o-1", values: { amount: 100 }, time: time + 1 },
        { decisionId: "o".repeat(600), values: {} },
      ],
    });
    const { results } = body as { results: readonly { status: number; observationId: string }[] };
    expect(results.map(({ status }) => status)).toEqual([200, 200, 413]);
    expect(results[1]!.observationId).toMatch(/^[0-9a-f-]{36}$/);
    await at.loop.idle();
    const rows = [];
    for await (const row of at.loop.rows("tips")) if (row.decisionId === "o-1") rows.push(row);
    expect(rows).toMatchObject([{ label: 107 }]);
  });

  test("an id with a slash, a space and other scripts is a path's part", async () => {
    const path = `/v1/decisions/${encodeURIComponent("d/ 1é")}/observations`;
    expect(await at.post(path, { values: { amount: 1 } })).toMatchObject({ status: 200 });
  });

  test("events are counted by the windows of later decisions", async () => {
    const visit = { kind: "visit", attributes: { guest: "g1", minutes: 5 } };
    expect(await at.post("/v1/events", visit)).toMatchObject({ status: 200, body: { stored: true } });
    const { body } = await at.post("/v1/events/bulk", {
      events: [visit, visit, { ...visit, kind: "k".repeat(2_000) }],
    });
    expect((body as { results: { status: number }[] }).results.map(({ status }) => status)).toEqual([200, 200, 413]);
    await at.loop.idle();
    await at.post("/v1/decisions", { ...anna, context: { guest: "g1" }, decisionId: "e-1", time: Date.now() + 1_000 });
    expect((await all(decisions)).find(({ decisionId }) => decisionId === "e-1")?.features[2]).toBe(3);
  });
});

describe("health and metrics", () => {
  test("a running loop is healthy, ready and joined, with nothing left to read", async () => {
    expect(await at.get("/healthz")).toMatchObject({ status: 200, body: { status: "ok" } });
    await at.loop.idle();
    expect(await at.get("/readyz")).toMatchObject({
      status: 200,
      body: { ready: true, waitsFor: [], joined: true, restoring: 0, windowRecordsLeft: 0, lag: 0 },
    });
  });

  test("metrics are those of the loop, and count requests by route and status", async () => {
    const { status, body } = await at.get("/metrics");
    expect(status).toBe(200);
    expect(body).toMatch(/loopstream_http_requests_total\{route="\/v1\/decisions",status="404"\} [1-9]/);
    expect(body).toContain("loopstream_records_handled_total");
  });
});

test("an activation that names no known use case is refused, and one that names none is taken", async () => {
  const activate = (body: object): Promise<unknown> => at.post("/v1/decisions/nobody/activate", body);
  expect(await activate({ useCase: "tipps" })).toMatchObject({
    status: 404,
    body: {
      code: "UNKNOWN_USE_CASE",
      field: "useCase",
      detail: expect.stringContaining('did you mean "tips"?') as string,
    },
  });
  expect(await activate({ useCase: "tips" })).toMatchObject({ status: 200 });
  expect(await activate({})).toMatchObject({ status: 200 });
});
