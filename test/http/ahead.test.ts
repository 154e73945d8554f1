import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createClient, type Client } from "../../client/index.ts";
import { deadLetters, events, observations } from "../../schemas/index.ts";
import { openShared, readTopic, Serdes, streamsLimits, type SharedBackbone } from "../../streams/index.ts";
import { httpLoop, type HttpLoop } from "./http-loop.ts";

const AHEAD = 60_000;
const asked = { useCase: "tips", unit: "anna", context: { days: 1 } };
let at: HttpLoop;
let shared: SharedBackbone;
let beside: Client;

beforeAll(async () => {
  at = await httpLoop();
  shared = await openShared(at.dir);
  beside = createClient(shared);
});
afterAll(async () => {
  await beside.close();
  await shared.backbone.close();
  await at[Symbol.asyncDispose]();
});

const clients = (): readonly (readonly [string, Client])[] => [
  ["the loop's own client", at.loop],
  ["a client beside it", beside],
];

/** Answers to a request, an observation and an event of this time: an error's text, or null. */
async function saidByClients(time: number): Promise<readonly unknown[]> {
  const told = clients().map(async ([, client]) => [
    (await client.getDecision("tips", { unit: "anna", context: {} }, { time })).error,
    await client.logObservations("d", { amount: 1 }, { time }).then((stored) => (stored.ok ? null : stored.error)),
    await client.logEvent("visit", { guest: "a" }, { time }).then((stored) => (stored.ok ? null : stored.error)),
  ]);
  return (await Promise.all(told)).flat();
}

async function saidOverHttp(time: number): Promise<readonly { status: number; body: { code?: string } }[]> {
  return Promise.all([
    at.post("/v1/decisions", { ...asked, time }),
    at.post("/v1/decisions/d/observations", { values: { amount: 1 }, time }),
    at.post("/v1/events", { kind: "visit", attributes: { guest: "a" }, time }),
  ]);
}

describe("a time too far ahead of now is refused the same at every door", () => {
  test("within an hour it is taken", async () => {
    const time = Date.now() + streamsLimits.maxFutureMs - AHEAD;
    expect(await saidByClients(time)).toEqual([null, null, null, null, null, null]);
    expect((await saidOverHttp(time)).map(({ status }) => status)).toEqual([200, 200, 200]);
  });

  test("further ahead it is refused, and nothing of it is stored", async () => {
    const time = Date.now() + streamsLimits.maxFutureMs + AHEAD;
    const refusal = expect.stringMatching(/^time \d+, which is .* is ahead of now: at most .* is taken/) as string;
    expect(await saidByClients(time)).toEqual(Array.from({ length: 6 }, () => refusal));
    for (const answer of await saidOverHttp(time)) {
      expect(answer).toMatchObject({ status: 400, body: { code: "AHEAD_OF_TIME", field: "time", detail: refusal } });
    }
    for (const [, client] of clients()) {
      const wrong = client.logEvent("visit", { guest: "a" }, { time, throwOnError: true });
      await expect(wrong).rejects.toMatchObject({ code: "AHEAD_OF_TIME" });
    }
    const serdes = new Serdes(shared.registry);
    for (const topic of [events, observations, deadLetters]) {
      for await (const record of readTopic(shared.backbone, serdes, topic as typeof events))
        expect(record.time).not.toBe(time);
    }
  });
});
