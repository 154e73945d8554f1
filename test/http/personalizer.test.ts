import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { decisions, observations } from "../../schemas/index.ts";
import { openShared, readTopic, Serdes, type Topic } from "../../streams/index.ts";
import { httpLoop, type HttpLoop } from "./http-loop.ts";
import { ARTICLES, REMINDERS, trained } from "./trained.ts";

const key = "producer-0123456789";
let at: HttpLoop;
beforeAll(async () => {
  at = await httpLoop({ http: { port: 0, tokens: { producer: [key] } } }, ARTICLES);
}, 900_000);
afterAll(() => at?.[Symbol.asyncDispose]());

const call = (path: string, body: unknown = undefined, more: Readonly<Record<string, string>> = {}) =>
  at.post(path, body ?? "{}", { "Ocp-Apim-Subscription-Key": key, ...more });

async function all<V>(topic: Topic<V>): Promise<readonly V[]> {
  const { backbone, registry, close } = await openShared(at.dir);
  const found: V[] = [];
  for await (const { value } of readTopic(backbone, new Serdes(registry), topic)) found.push(value);
  await close();
  return found;
}

/** The request of the specification's example (Rank.json), without an excluded action. */
const example = {
  contextFeatures: [{ timeOfDay: "Morning" }],
  actions: [
    { id: "NewsArticle", features: [{ type: "News" }] },
    { id: "SportsArticle", features: [{ type: "Sports" }] },
    { id: "EntertainmentArticle", features: [{ type: "Entertainment" }] },
  ],
  excludedActions: [],
  eventId: "75269AD0-BFEE-4598-8196-C57383D38E10",
  deferActivation: false,
};
const named = (id: string, probability?: number) => ({ id, probability });

describe("Personalizer's interface", () => {
  test("before there is a model the order stays, and the first action is the product's own", async () => {
    expect(await call("/personalizer/v1.0/rank", example)).toMatchObject({
      status: 201,
      body: {
        ranking: [named("NewsArticle", 1), named("SportsArticle", 0), named("EntertainmentArticle", 0)],
        ...{ eventId: example.eventId, rewardActionId: "NewsArticle" },
      },
    });
  });

  test(
    "rank puts the chosen action first, the same for the same event, and records the decision",
    { timeout: 900_000 },
    async () => {
      await trained(at.loop, "articles", ["Evening", "Noon"], "timeOfDay", { reward: 1 });
      const evening = {
        ...example,
        eventId: "e-1",
        contextFeatures: [{ timeOfDay: "Evening", unit: "anna" }, { user: { age: 30 } }],
      };
      const first = await call("/personalizer/v1.0/rank", evening);
      expect(first).toMatchObject({
        status: 201,
        body: {
          ranking: [named("EntertainmentArticle", 1), named("NewsArticle", 0), named("SportsArticle", 0)],
          ...{ eventId: "e-1", rewardActionId: "EntertainmentArticle" },
        },
      });
      const again = { ...evening, contextFeatures: [{ timeOfDay: "Noon" }] };
      expect((await call("/use-cases/articles/personalizer/v1.0/rank", again)).body).toEqual(first.body);
      expect(await call("/personalizer/v1.0/rank", { ...again, eventId: "e-2", deferActivation: true })).toMatchObject({
        body: { rewardActionId: "NewsArticle" },
      });
      const made = await all(decisions);
      expect(made.find(({ decisionId }) => decisionId === "e-1")).toMatchObject({
        unit: "anna",
        features: ["Evening", 30],
        deferred: false,
      });
      expect(made.find(({ decisionId }) => decisionId === "e-2")).toMatchObject({ unit: "e-2", deferred: true });
    },
  );

  test("reward and activate are observations: a request that is sent again counts once", async () => {
    const id = { "x-ms-client-request-id": "r-1" };
    for (const headers of [id, id, {}]) {
      expect((await call("/personalizer/v1.0/events/e-1/reward", { value: 1 }, headers)).status).toBe(204);
    }
    const activated = await fetch(`${at.url}/personalizer/v1.0/events/e-2/activate`, {
      method: "POST",
      // Azure's clients name a type where there is no body.
      headers: { "Ocp-Apim-Subscription-Key": key, "content-type": "application/json; charset=utf-8" },
    });
    expect(activated.status).toBe(204);
    const told = await all(observations);
    const rewards = told.filter(({ decisionId }) => decisionId === "e-1");
    expect(rewards.map(({ observationId, values, useCase }) => [observationId, values["reward"], useCase])).toEqual([
      ...[
        ["r-1", 1, "articles"],
        ["r-1", 1, "articles"],
      ],
      [expect.stringMatching(/^[0-9a-f-]{36}$/), 1, "articles"],
    ]);
    expect(told.find(({ decisionId }) => decisionId === "e-2")).toMatchObject({
      observationId: "activated",
      activation: true,
      values: { activated: true },
    });
  });

  test.each<[string, object, RegExp]>([
    [
      "an action that the blueprint has not",
      { actions: [...example.actions, { id: "Other", features: [] }] },
      /actions\.3\.id: "Other" is no action/,
    ],
    ["an action twice", { actions: [...example.actions, example.actions[0]] }, /actions\.3\.id/],
    ["a missing action", { actions: example.actions.slice(1) }, /NewsArticle is missing/],
    ["an excluded action", { excludedActions: ["SportsArticle"] }, /no action can be left out/],
    ["no actions", { actions: [] }, /actions/],
    [
      "a declared feature that is a list",
      { contextFeatures: [{ timeOfDay: ["Morning"] }] },
      /contextFeatures\.timeOfDay/,
    ],
  ])("%s is refused, with an error in its form", async (_, change, message) => {
    const answer = await call("/personalizer/v1.0/rank", { ...example, eventId: "bad", ...change });
    expect(answer).toMatchObject({
      status: 400,
      body: { error: { code: "BAD_REQUEST", message: expect.stringMatching(message) as string } },
    });
  });

  test("with several use cases of actions a path names one, and a reward needs its observation", async () => {
    await at.loop.publishBlueprint(REMINDERS);
    expect(await call("/personalizer/v1.0/rank", example)).toMatchObject({
      status: 404,
      body: {
        error: {
          code: "UNKNOWN_USE_CASE",
          message: expect.stringContaining("known are articles, reminders") as string,
        },
      },
    });
    const actions = ["false", "true"].map((id) => ({ id, features: [] }));
    const asked = await call("/use-cases/reminders/personalizer/v1.0/rank", { actions });
    expect(asked).toMatchObject({ status: 201, body: { rewardActionId: "false" } });
    expect(await call("/use-cases/reminders/personalizer/v1.0/events/x/reward", { value: 1 })).toMatchObject({
      status: 400,
      body: {
        error: {
          code: "UNDECLARED",
          message: expect.stringContaining("declare reward: number under observations") as string,
        },
      },
    });
    expect((await call("/use-cases/nope/personalizer/v1.0/rank", { actions })).status).toBe(404);
  });

  test("who has no key is refused", async () => {
    expect((await at.post("/personalizer/v1.0/rank", example)).status).toBe(401);
  });
});
