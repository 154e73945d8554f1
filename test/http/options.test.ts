import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { decisionRequests, decisions, observations } from "../../schemas/index.ts";
import { openShared, readTopic, Serdes, type Topic } from "../../streams/index.ts";
import { candidates, FILMS, PICK, TABS } from "./films.ts";
import { httpLoop, TIPS, type HttpLoop } from "./http-loop.ts";

let at: HttpLoop;
beforeAll(async () => {
  at = await httpLoop({}, FILMS);
  for (const more of [PICK, TABS, TIPS]) await at.loop.publishBlueprint(more);
});
afterAll(() => at?.[Symbol.asyncDispose]());

async function all<V>(topic: Topic<V>): Promise<readonly V[]> {
  const { backbone, registry, close } = await openShared(at.dir);
  const found: V[] = [];
  for await (const { value } of readTopic(backbone, new Serdes(registry), topic)) found.push(value);
  await close();
  return found;
}

const asked = { useCase: "films", unit: "anna", context: { hour: 9 }, candidates, timeoutMs: 20_000 };

describe("options over HTTP", () => {
  test("a use case that ranks gives the order of the candidates, and the same id the same one", async () => {
    const first = await at.post("/v1/decisions", { ...asked, decisionId: "r-1" });
    expect(first).toMatchObject({
      status: 200,
      body: { value: "f2", ranking: ["f2", "f3", "f4"], reason: "noModel", propensity: 1, error: null },
    });
    const again = await at.post("/v1/decisions", { ...asked, decisionId: "r-1", candidates: candidates.toReversed() });
    expect(again.body).toEqual(first.body);
    expect((await all(decisionRequests)).find(({ decisionId }) => decisionId === "r-1")?.candidates).toEqual([
      ...candidates.slice(0, 3),
      { optionId: "f4", context: {} },
    ]);
    const [recorded] = (await all(decisions)).filter(({ decisionId }) => decisionId === "r-1");
    expect(recorded?.options.map(({ optionId, position }) => [optionId, position])).toEqual([
      ...[["f2", 1] as const, ["f3", 2] as const, ["f4", 3] as const],
    ]);
  });

  test("a use case that chooses gives one of them, and no ranking", async () => {
    const { body } = await at.post("/v1/decisions", { ...asked, useCase: "pick" });
    expect(body).toMatchObject({ value: "f2", reason: "noModel" });
    expect(body).not.toHaveProperty("ranking");
  });

  test("declared actions are ranked without candidates, or a part of them with some", async () => {
    const tabs = { ...asked, useCase: "tabs" };
    const every = await at.post("/v1/decisions", { ...tabs, candidates: undefined });
    expect(every.body).toMatchObject({ ranking: ["news", "sports", "films"] });
    const some = await at.post("/v1/decisions", { ...tabs, candidates: [{ optionId: "films" }, { optionId: "news" }] });
    expect(some.body).toMatchObject({ ranking: ["films", "news"] });
  });

  test("a ranking of nothing is empty", async () => {
    const { body } = await at.post("/v1/decisions", { ...asked, candidates: [] });
    expect(body).toMatchObject({
      value: null,
      ranking: [],
      reason: "error",
      error: expect.stringContaining("no options") as string,
    });
  });

  test("items of a bulk have their own candidates", async () => {
    const decisionsAsked = [asked, { ...asked, candidates: [{ optionId: "f9" }] }, { ...asked, useCase: "tips" }];
    const { body } = await at.post("/v1/decisions/bulk", { decisions: decisionsAsked });
    const { results } = body as { results: readonly { decision: { ranking?: readonly string[] } }[] };
    expect(results.map(({ decision }) => decision.ranking)).toEqual([["f2", "f3", "f4"], ["f9"], undefined]);
  });

  test.each<[string, unknown, number, string, string]>([
    ["no list", { f1: {} }, 400, "candidates", "expected array"],
    ["an id alone", ["f1"], 400, "candidates.0", "expected object"],
    ["no id", [candidates[0], { context: {} }], 400, "candidates.1.optionId", "expected string"],
    ["an empty id", [{ optionId: "" }], 400, "candidates.0.optionId", "it is empty"],
    ["an entry beside the context", [{ optionId: "f1", price: 3 }], 400, "candidates.0", "price"],
    [
      "an object as a value",
      [{ optionId: "f1", context: { price: {} } }],
      400,
      "candidates.0.context.price",
      "write a",
    ],
    ["too many", Array.from({ length: 501 }, (_, i) => ({ optionId: `f${i}` })), 400, "candidates", "500"],
  ])("%s is refused with the candidate's place", async (_, bad, status, field, detail) => {
    const { body } = await at.post("/v1/decisions", { ...asked, decisionId: "bad", candidates: bad });
    expect(body).toMatchObject({ status, code: "BAD_REQUEST", field });
    expect((body as { detail: string }).detail).toContain(detail);
  });

  test("a candidate over a limit is refused with its id", async () => {
    const long = { optionId: "f9", context: { genre: "x".repeat(300_000) } };
    const { body } = await at.post("/v1/decisions", { ...asked, candidates: [...candidates, long] });
    expect(body).toMatchObject({ status: 413, code: "OVER_LIMIT" });
    expect((body as { detail: string }).detail).toContain('candidates[4] ("f9"): context.genre has 300000 bytes');
  });

  test("observations are of one option, alone and in a bulk", async () => {
    const values = { kind: "seen" };
    await at.post("/v1/decisions/r-1/observations", { values, observationId: "one", optionId: "f3" });
    await at.post("/v1/observations/bulk", {
      observations: [
        { decisionId: "r-1", values, observationId: "two", optionId: "f2" },
        { decisionId: "r-1", values, observationId: "all" },
      ],
    });
    const told = (await all(observations)).filter(({ decisionId }) => decisionId === "r-1");
    expect(Object.fromEntries(told.map(({ observationId, optionId }) => [observationId, optionId]))).toEqual({
      ...{ one: "f3", two: "f2", all: "" },
    });
    const empty = await at.post("/v1/decisions/r-1/observations", { values, optionId: "" });
    expect(empty.body).toMatchObject({ status: 400, field: "optionId" });
  });

  test("the program in the same process gets the same ranking", async () => {
    const ranked = await at.loop.getRanking("films", asked, { timeout: 20_000 });
    expect(ranked).toMatchObject({ ranking: ["f2", "f3", "f4"], isDefault: false, reason: "noModel", error: null });
    const decided = await at.loop.getRanking("tips", { ...asked, context: {} }, { timeout: 20_000 });
    expect(decided).toMatchObject({ ranking: ["f1", "f2", "f3", "f4"], isDefault: true, reason: "noModel" });
  });
});
