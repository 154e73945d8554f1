import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createClient, type Client } from "../../client/index.ts";
import { decisionReplies, decisionRequests, events, observations } from "../../schemas/index.ts";
import { createEmbeddedBackbone, ensureTopic, Serdes, type EmbeddedBackbone } from "../../streams/index.ts";

const HALF = "cut \ud83d";
let dir: string;
let log: EmbeddedBackbone;
let client: Client;
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "loopstream-texts-"));
  log = await createEmbeddedBackbone({ dir });
  const serdes = new Serdes(log.registry);
  for (const topic of [events, observations, decisionRequests, decisionReplies])
    await ensureTopic(topic, log, serdes, 1);
  client = createClient({ backbone: log, registry: log.registry });
});
afterAll(async () => {
  await client.close();
  await log.close();
  rmSync(dir, { recursive: true });
});

const half = /holds half of a surrogate pair/;

test.each<[string, () => Promise<{ readonly ok: boolean; readonly error?: string }>]>([
  ["observations.kind", () => client.logObservations("d", { kind: HALF })],
  ["a name in observations", () => client.logObservations("d", { [HALF]: 1 })],
  ["decisionId", () => client.logObservations(HALF, { kind: "opened" })],
  ["observationId", () => client.logObservations("d", { kind: "opened" }, { observationId: HALF })],
  ["useCase", () => client.logObservations("d", { kind: "opened" }, { useCase: HALF })],
  ["attributes.who", () => client.logEvent("click", { who: HALF })],
  ["kind", () => client.logEvent(HALF, {})],
  ["key", () => client.logEvent("click", {}, { key: HALF })],
])("a text that was cut within a character is refused by name, and nothing is stored: %s", async (name, store) => {
  const stored = await store();
  expect(stored.ok).toBe(false);
  expect(stored.error).toMatch(half);
  expect(stored.error).toContain(name);
  expect(await log.offsets([events.name, observations.name])).toMatchObject([{ end: 0 }, { end: 0 }]);
});

test("whole characters beyond the first plane are texts", async () => {
  expect(await client.logEvent("click", { who: "\ud83d\ude00" })).toEqual({ ok: true });
});

test.each<[string, unknown, RegExp]>([
  ["no request", undefined, /^the request is undefined: send a unit$/],
  ["no context", { unit: "u" }, /^context is undefined: send an object/],
  ["a null for a context", { unit: "u", context: null }, /^context is null: send an object/],
  ["half a character in the unit", { unit: HALF, context: {} }, half],
  ["half a character in the context", { unit: "u", context: { plan: HALF } }, /^context\.plan holds half/],
  ["half a character in the id", { unit: "u", context: {}, decisionId: HALF }, half],
  ["a number for an id", { unit: "u", context: {}, decisionId: 7 }, /^decisionId is a number: send a string$/],
])("a decision with %s is its default, with the mistake to mend", async (_, request, error) => {
  const decision = await client.getDecision("x", request as never, { default: 5 });
  expect(decision).toMatchObject({ value: 5, isDefault: true, reason: "error" });
  expect(decision.error).toMatch(error);
});
