import { OFREPProvider } from "@openfeature/ofrep-provider";
import { OpenFeature, type Client } from "@openfeature/server-sdk";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { httpLoop, type HttpLoop } from "./http-loop.ts";
import { ARTICLES, ENCODER, REMINDERS, trained } from "./trained.ts";

const token = "producer-0123456789";
let at: HttpLoop;
let client: Client;
beforeAll(async () => {
  at = await httpLoop({ http: { port: 0, tokens: { producer: [token] } } }, REMINDERS);
  await at.loop.publishBlueprint(ARTICLES);
  await trained(at.loop, "reminders", ["free", "paid"], "plan", { kind: "opened" });
  await OpenFeature.setProviderAndWait(new OFREPProvider({ baseUrl: at.url, headers: [["X-API-Key", token]] }));
  client = OpenFeature.getClient();
}, 900_000);
afterAll(async () => {
  await OpenFeature.close();
  await at?.[Symbol.asyncDispose]();
});

const auth = { authorization: `Bearer ${token}` };
const flag = (key: string, body: unknown, headers: Readonly<Record<string, string>> = {}) =>
  at.post(`/ofrep/v1/evaluate/flags/${key}`, body, { ...auth, ...headers });
const bulk = (body: unknown, headers: Readonly<Record<string, string>> = {}) =>
  at.post("/ofrep/v1/evaluate/flags", body, { ...auth, ...headers });

describe("OFREP's own provider", () => {
  test("gets flags, with the id for observations", async () => {
    const found = await client.getBooleanDetails("reminders", false, { targetingKey: "anna", plan: "free", days: 3 });
    expect(found).toMatchObject({
      ...{ value: true, reason: "TARGETING_MATCH", variant: "true" },
      flagMetadata: { loopReason: "exploit", propensity: 1 },
    });
    const { decisionId } = found.flagMetadata;
    const told = await at.post(
      `/v1/decisions/${String(decisionId)}/observations`,
      { values: { kind: "opened" } },
      auth,
    );
    expect(told.status).toBe(200);
    expect(await client.getBooleanValue("reminders", true, { targetingKey: "anna", plan: "paid" })).toBe(false);
  });

  test("gives the caller's default without a model, without the flag, without a targeting key and for another type", async () => {
    const codes = [];
    for (const [key, context] of [
      ["articles", { targetingKey: "anna" }],
      ["nope", { targetingKey: "anna" }],
      ["reminders", {}],
      ["reminders", { targetingKey: "anna", plan: "free" }],
    ] as const) {
      const { value, errorCode } = await client.getStringDetails(key, "mine", context);
      expect(value).toBe("mine");
      codes.push(errorCode);
    }
    // A reply without a value is none for this version of the provider.
    expect(codes).toEqual(["GENERAL", "FLAG_NOT_FOUND", "TARGETING_KEY_MISSING", "TYPE_MISMATCH"]);
  });

  test("is refused without its key", async () => {
    await OpenFeature.setProviderAndWait("no-key", new OFREPProvider({ baseUrl: at.url }));
    const found = await OpenFeature.getClient("no-key").getBooleanDetails("reminders", true, { targetingKey: "anna" });
    expect(found).toMatchObject({ value: true, reason: "ERROR" });
  });
});

describe("OFREP as its specification has it", () => {
  test("no model: no value, reason UNKNOWN", async () => {
    const { status, body } = await flag("articles", { context: { targetingKey: "anna" } });
    expect(status).toBe(200);
    expect(body).toMatchObject({ key: "articles", reason: "UNKNOWN", metadata: { loopReason: "noModel" } });
    expect(body).not.toHaveProperty("value");
  });

  test.each<[string, unknown, number, string]>([
    ["nope", { context: { targetingKey: "a" } }, 404, "FLAG_NOT_FOUND"],
    ["reminders", {}, 400, "TARGETING_KEY_MISSING"],
    ["reminders", { context: { targetingKey: "" } }, 400, "TARGETING_KEY_MISSING"],
    ["reminders", { context: { targetingKey: 7 } }, 400, "TARGETING_KEY_MISSING"],
    ["reminders", { context: { targetingKey: "a", plan: { name: "free" } } }, 400, "INVALID_CONTEXT"],
    ["reminders", { context: [] }, 400, "INVALID_CONTEXT"],
    ["reminders", "{", 400, "PARSE_ERROR"],
    ["reminders", { context: { targetingKey: "a".repeat(600) } }, 400, "INVALID_CONTEXT"],
  ])("%s with %j is %i %s", async (key, body, status, errorCode) => {
    expect(await flag(key, body)).toMatchObject({
      status,
      body: { key, errorCode, errorDetails: expect.any(String) as string },
    });
  });

  test("entries that the blueprint does not declare are left out, and decisionId names the decision", async () => {
    const context = {
      targetingKey: "anna",
      plan: "free",
      decisionId: "ofrep-1",
      address: { city: "Ulm" },
      browser: "x",
    };
    const first = await flag("reminders", { context });
    expect(first).toMatchObject({ status: 200, body: { value: true, metadata: { decisionId: "ofrep-1" } } });
    expect((await flag("reminders", { context: { ...context, plan: "paid" } })).body).toEqual(first.body);
  });

  test("all flags at once, by an ETag: 304 while the values are the same", async () => {
    const context = { targetingKey: "anna", plan: "free" };
    const { status, body, headers } = await bulk({ context });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      flags: [
        { key: "articles", reason: "UNKNOWN" },
        { key: "reminders", value: true, reason: "TARGETING_MATCH" },
      ],
    });
    const etag = headers.get("etag")!;
    expect(await bulk({ context }, { "if-none-match": etag })).toMatchObject({ status: 304 });
    const other = await bulk({ context: { ...context, plan: "paid" } }, { "if-none-match": etag });
    expect(other).toMatchObject({ status: 200, body: { flags: [{}, { value: false }] } });
    expect(await bulk({})).toMatchObject({ status: 400, body: { errorCode: "TARGETING_KEY_MISSING" } });
  });

  test("who has no token is refused, with an error in OFREP's form", async () => {
    const answer = await at.post("/ofrep/v1/evaluate/flags/reminders", { context: { targetingKey: "a" } });
    expect(answer).toMatchObject({ status: 401, body: { errorCode: "GENERAL" } });
  });
});

// The last one: OFREP's flags are all use cases that are live.
test("a decision over HTTP has the payload of its action, and none where actions are names", async () => {
  await at.loop.publishBlueprint(ENCODER);
  await trained(at.loop, "encoder", ["mobile", "cable"], "net", { stalls: 2 });
  const asked = (useCase: string, context: object) =>
    at.post("/v1/decisions", { useCase, unit: "anna", context, timeoutMs: 20_000 }, auth);
  expect(await asked("encoder", { net: "mobile" })).toMatchObject({
    status: 200,
    body: { value: "low", payload: { kbps: 400, codec: "h264", retry: false } },
  });
  const reminded = await asked("reminders", { plan: "free" });
  expect(reminded).toMatchObject({ status: 200, body: { value: true } });
  expect(reminded.body).not.toHaveProperty("payload");
});
