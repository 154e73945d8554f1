import { OFREPProvider } from "@openfeature/ofrep-provider";
import { OpenFeature, type Client } from "@openfeature/server-sdk";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openFeatureProvider } from "../../openfeature/index.ts";
import { decisionRequests, events, observations } from "../../schemas/index.ts";
import { openShared, readTopic, Serdes, type Topic } from "../../streams/index.ts";
import { candidates, FILMS, PICK } from "../http/films.ts";
import { httpLoop, TIPS, type HttpLoop } from "../http/http-loop.ts";

let at: HttpLoop;
const clients = new Map<string, Client>();
beforeAll(async () => {
  at = await httpLoop({ defaults: { timeout: 20_000 } }, FILMS);
  for (const more of [PICK, TIPS]) await at.loop.publishBlueprint(more);
  await OpenFeature.setProviderAndWait("the SDK", openFeatureProvider(at.loop));
  await OpenFeature.setProviderAndWait("OFREP", new OFREPProvider({ baseUrl: at.url }));
  for (const name of ["the SDK", "OFREP"]) clients.set(name, OpenFeature.getClient(name));
}, 900_000);
afterAll(async () => {
  await OpenFeature.close();
  await at?.[Symbol.asyncDispose]();
});

async function all<V>(topic: Topic<V>): Promise<readonly V[]> {
  const { backbone, registry, close } = await openShared(at.dir);
  const found: V[] = [];
  for await (const { value } of readTopic(backbone, new Serdes(registry), topic)) found.push(value);
  await close();
  return found;
}

const context = { targetingKey: "anna", hour: 9, candidates: ["f0", ...candidates] };

describe.each(["the SDK", "OFREP"])("by %s", (name) => {
  test("a ranking is an object with the ids to show", async () => {
    const found = await clients.get(name)!.getObjectDetails("films", {}, context);
    expect(found).toMatchObject({ value: { ranking: ["f0", "f2", "f3"] }, reason: "DEFAULT" });
    const { decisionId } = found.flagMetadata;
    const request = (await all(decisionRequests)).find((one) => one.decisionId === decisionId);
    expect(request?.context).toEqual({ hour: 9 });
    expect(request?.candidates.map(({ optionId }) => optionId)).toEqual(["f0", "f1", "f2", "f3", "f4"]);
  });

  test("a ranking of nothing is an empty one", async () => {
    const none = await clients.get(name)!.getObjectDetails("films", {}, { targetingKey: "anna", candidates: [] });
    expect(none).toMatchObject({ value: { ranking: [] } });
  });

  test("a chosen option is a text", async () => {
    expect(await clients.get(name)!.getStringDetails("pick", "f3", context)).toMatchObject({
      value: "f0",
      variant: "f0",
    });
  });

  test("a candidate that is wrong gives the default, and is named", async () => {
    const wrong = { ...context, candidates: ["f0", { id: "f1" }] };
    const found = await clients.get(name)!.getObjectDetails("films", { ranking: ["f0"] }, wrong);
    expect(found).toMatchObject({ value: { ranking: ["f0"] }, reason: "ERROR" });
  });

  test("a use case without options takes a context with candidates", async () => {
    const found = await clients.get(name)!.getBooleanDetails("tips", true, { ...context, decisionId: `t-${name}` });
    expect(found.value).toBe(true);
    const asked = (await all(decisionRequests)).find(({ decisionId }) => decisionId === `t-${name}`);
    expect(asked?.useCase).toBe("tips");
  });
});

test("OFREP's answer names the candidate that is wrong", async () => {
  const bad = { targetingKey: "anna", candidates: ["f0", { optionId: "f1", context: { price: {} } }] };
  const { status, body } = await at.post("/ofrep/v1/evaluate/flags/films", { context: bad });
  const errorDetails =
    'context.candidates[1] ("f1"): context.price is an object: send its parts under names of their own';
  expect([status, body]).toEqual([400, { key: "films", errorCode: "INVALID_CONTEXT", errorDetails }]);
});

test("a tracked observation is of the option that is named, and an event keeps the name as an entry", async () => {
  const sdk = clients.get("the SDK")!;
  const { flagMetadata } = await sdk.getObjectDetails("films", {}, context);
  const decisionId = flagMetadata["decisionId"] as string;
  sdk.track("seen", { targetingKey: "anna" }, { decisionId, optionId: "f2", observationId: "t-1", minutes: 4 });
  sdk.track("left", { targetingKey: "anna" }, { optionId: "f2" });
  const told = () => all(observations).then((found) => found.filter((one) => one.decisionId === decisionId));
  await expect
    .poll(told, { timeout: 20_000 })
    .toMatchObject([{ observationId: "t-1", optionId: "f2", values: { kind: "seen", minutes: 4 } }]);
  expect((await told())[0]!.values).not.toHaveProperty("optionId");
  const left = () => all(events).then((found) => found.filter(({ kind }) => kind === "left"));
  await expect.poll(left, { timeout: 20_000 }).toMatchObject([{ attributes: { optionId: "f2" } }]);
});
