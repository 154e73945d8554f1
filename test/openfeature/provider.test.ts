import { OpenFeature, type Client, type EvaluationDetails, type FlagValue } from "@openfeature/server-sdk";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openFeatureProvider } from "../../openfeature/index.ts";
import { decisions, events, observations } from "../../schemas/index.ts";
import { openShared, readTopic, Serdes, type Topic } from "../../streams/index.ts";
import { httpLoop, type HttpLoop } from "../http/http-loop.ts";
import { ARTICLES, ENCODER, REMINDERS, trained } from "../http/trained.ts";

let at: HttpLoop;
let client: Client;
const errors: Error[] = [];
beforeAll(async () => {
  at = await httpLoop({ http: undefined, defaults: { timeout: 20_000 } }, REMINDERS);
  await at.loop.publishBlueprint(ARTICLES);
  await at.loop.publishBlueprint(ENCODER);
  await trained(at.loop, "encoder", ["mobile", "cable"], "net", { stalls: 2 });
  await trained(at.loop, "reminders", ["free", "paid"], "plan", { kind: "opened" });
  const provider = openFeatureProvider(at.loop, { onError: (error) => errors.push(error) });
  await OpenFeature.setProviderAndWait(provider);
  client = OpenFeature.getClient();
}, 900_000);
afterAll(async () => {
  await OpenFeature.close();
  await at?.[Symbol.asyncDispose]();
});

async function all<V>(topic: Topic<V>): Promise<readonly V[]> {
  await OpenFeature.clearProviders();
  await OpenFeature.setProviderAndWait(openFeatureProvider(at.loop, { onError: (error) => errors.push(error) }));
  const { backbone, registry, close } = await openShared(at.dir);
  const found: V[] = [];
  for await (const { value } of readTopic(backbone, new Serdes(registry), topic)) found.push(value);
  await close();
  return found;
}
const idOf = ({ flagMetadata }: EvaluationDetails<FlagValue>): string => flagMetadata["decisionId"] as string;

describe("OpenFeature's SDK with the loop as its provider", () => {
  test("a flag is a decision of its use case for the targeting key, with its id, model and propensity", async () => {
    const found = await client.getBooleanDetails("reminders", false, { targetingKey: "anna", plan: "free", days: 3 });
    const [model] = await at.loop.models("reminders");
    expect(found).toMatchObject({
      ...{ value: true, reason: "TARGETING_MATCH", variant: "true", flagKey: "reminders" },
      flagMetadata: {
        loopReason: "exploit",
        propensity: 1,
        modelId: model!.modelId,
        decisionId: expect.any(String) as string,
      },
    });
    expect(await client.getBooleanValue("reminders", true, { targetingKey: "bert", plan: "paid" })).toBe(false);
    expect((await all(decisions)).find(({ decisionId }) => decisionId === idOf(found))).toMatchObject({
      ...{ unit: "anna", value: true, features: [3, "free"] },
    });
  });

  test("an object is the payload of the chosen action, over HTTP too, and asked again it is the same", async () => {
    const low = { kbps: 400, codec: "h264", retry: false };
    const mobile = { targetingKey: "anna", net: "mobile", decisionId: "of-payload" };
    expect(await client.getObjectDetails("encoder", { kbps: 1 }, mobile)).toMatchObject({
      ...{ value: low, variant: "low", reason: "TARGETING_MATCH" },
    });
    expect(await client.getStringValue("encoder", "high", mobile)).toBe("low");
    const cable = await client.getObjectValue("encoder", {}, { targetingKey: "bert", net: "cable" });
    expect(cable).toEqual({ kbps: 4000, codec: "h265", retry: true });
    // Another version has other settings: an answered decision keeps its own.
    await at.loop.publishBlueprint(ENCODER.replace("kbps: 400,", "kbps: 500,"));
    await at.loop.idle();
    const again = await at.loop.getDecision("encoder", { unit: "anna", decisionId: "of-payload", context: {} });
    expect(again).toMatchObject({ value: "low", payload: low });
    const none = await at.loop.getDecision("articles", { unit: "anna", context: {} }, { default: "NewsArticle" });
    expect(none).toMatchObject({ isDefault: true, payload: null });
  });

  test("decisionId in the context names the decision: asked again it is the same one", async () => {
    const context = { targetingKey: "anna", plan: "free", decisionId: "of-1" };
    const first = await client.getBooleanDetails("reminders", false, context);
    expect(idOf(first)).toBe("of-1");
    expect(await client.getBooleanDetails("reminders", false, { ...context, plan: "paid" })).toEqual(first);
  });

  test("without a model the caller's default applies, and the decision has an id to observe", async () => {
    const found = await client.getStringDetails("articles", "NewsArticle", { targetingKey: "anna" });
    expect(found).toMatchObject({ value: "NewsArticle", reason: "DEFAULT", flagMetadata: { loopReason: "noModel" } });
    expect(found.errorCode).toBeUndefined();
    expect(idOf(found)).toMatch(/^[0-9a-f-]{36}$/);
  });

  test.each<[string, () => Promise<EvaluationDetails<FlagValue>>, FlagValue, string]>([
    [
      "no targeting key",
      () => client.getBooleanDetails("reminders", true, { plan: "free" }),
      true,
      "TARGETING_KEY_MISSING",
    ],
    [
      "another type",
      () => client.getNumberDetails("reminders", 7, { targetingKey: "anna", plan: "free" }),
      7,
      "TYPE_MISMATCH",
    ],
    [
      "an object",
      () => client.getObjectDetails("reminders", { a: 1 }, { targetingKey: "anna" }),
      { a: 1 } as never,
      "TYPE_MISMATCH",
    ],
    [
      "a use case that is not there",
      () => client.getBooleanDetails("nope", true, { targetingKey: "anna" }),
      true,
      "GENERAL",
    ],
  ])("%s gives the default and the code", async (_, asked, value, errorCode) => {
    expect(await asked()).toMatchObject({
      value,
      reason: "ERROR",
      errorCode,
      errorMessage: expect.any(String) as string,
    });
  });

  test("a flag of another type keeps the id of its decision", async () => {
    const found = await client.getNumberDetails("reminders", 7, { targetingKey: "anna", plan: "free" });
    expect(idOf(found)).toMatch(/^[0-9a-f-]{36}$/);
  });

  test("what others need in a shared context is left out, and dates are milliseconds", async () => {
    const context = { targetingKey: "anna", plan: "free", address: { city: "Ulm" }, tags: ["a"], days: new Date(5) };
    const found = await client.getBooleanDetails("reminders", false, context);
    expect(found).toMatchObject({ value: true, reason: "TARGETING_MATCH" });
    const recorded = (await all(decisions)).find(({ decisionId }) => decisionId === idOf(found));
    expect(recorded?.features).toEqual([5, "free"]);
  });

  test("tracking with a decision id is an observation of it; without one it is an event of the context", async () => {
    const found = await client.getBooleanDetails("reminders", false, { targetingKey: "anna", plan: "free" });
    client.track("opened", { targetingKey: "anna" }, { decisionId: idOf(found), observationId: "t-1", value: 3 });
    client.track("upgrade", { targetingKey: "anna", plan: "free" }, { price: 9, note: { not: "plain" } });
    const told = (await all(observations)).filter(({ decisionId }) => decisionId === idOf(found));
    expect(told).toMatchObject([{ observationId: "t-1", activation: true, values: { kind: "opened", value: 3 } }]);
    const kinds = (await all(events)).filter(({ kind }) => kind === "upgrade");
    expect(kinds.map(({ attributes }) => ({ ...attributes }))).toEqual([{ plan: "free", price: 9 }]);
    expect(errors).toEqual([]);
  });

  test("an event that can't be stored is told", async () => {
    client.track("opened", {}, { decisionId: "d".repeat(600) });
    await expect
      .poll(() => errors.map(({ message }) => message))
      .toEqual([expect.stringContaining("decisionId has 600 bytes")]);
  });
});
