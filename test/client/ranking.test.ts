import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, expectTypeOf, test } from "vitest";
import { createClient, type Candidate, type Client, type Ranking } from "../../client/index.ts";
import { openSpool } from "../../client/spool/open-spool.ts";
import {
  decisionReplies,
  decisionRequests,
  observations,
  type DecisionReplied,
  type DecisionRequested,
} from "../../schemas/index.ts";
import {
  createEmbeddedBackbone,
  ensureTopic,
  Publisher,
  readTopic,
  replyAddress,
  Serdes,
  silent,
  type EmbeddedBackbone,
} from "../../streams/index.ts";
import { failing, type FailingBackbone } from "./failing-backbone.ts";

let dir: string;
let log: EmbeddedBackbone;
let serdes: Serdes;
let publisher: Publisher;
let place: FailingBackbone;
let count = 0;
const open: Client[] = [];
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "loopstream-ranking-"));
  log = await createEmbeddedBackbone({ dir });
  serdes = new Serdes(log.registry);
  for (const topic of [observations, decisionRequests, decisionReplies]) await ensureTopic(topic, log, serdes, 3);
  publisher = await Publisher.open(log, serdes, 3);
});
beforeEach(() => {
  place = failing(log);
  count++;
});
afterEach(async () => {
  place.mood = "well";
  for (const client of open.splice(0)) await client.close();
});
afterAll(async () => {
  await publisher.close();
  await log.close();
  rmSync(dir, { recursive: true });
});

function opened(spool?: string): Client {
  const buffer = spool === undefined ? undefined : { spool };
  const client = createClient({ backbone: place.backbone, registry: log.registry, buffer });
  open.push(client);
  return client;
}

const patient = { timeout: 20_000 } as const;
const films: readonly Candidate[] = [
  { optionId: "f1", context: { price: 3, tags: ["new", 7], genre: undefined } },
  { optionId: "f2", context: { price: Number.NaN } },
  { optionId: "f3" },
];
const own = ["f1", "f2", "f3"];
const plain: DecisionReplied = {
  ...{ decisionId: "", useCase: "home", value: null, reason: "exploit", propensity: 1 },
  ...{ blueprintVersion: "v1", modelId: "m1", error: null, repeatOf: null, payload: null, ranking: null },
};

async function asked(unit: string) {
  for await (const { value, headers } of readTopic(log, serdes, decisionRequests))
    if (value.unit === unit) return { value, headers };
  return undefined;
}

/** Answers the request of this unit as a loop does. @returns the request */
async function answer(unit: string, reply: Partial<DecisionReplied>): Promise<DecisionRequested> {
  await expect.poll(() => asked(unit), patient).toBeDefined();
  const { value: request, headers } = (await asked(unit))!;
  const { partition, headers: back } = replyAddress(headers)!;
  const value = { ...plain, decisionId: request.decisionId, ...reply };
  await publisher.publish([{ topic: decisionReplies, key: "", value, time: 1, headers: back, partition }]);
  return request;
}

const unitNow = (): string => `u-${count}`;

describe("a ranking", () => {
  test("is the reply's, of the candidates as the product ordered them", async () => {
    const asking = opened().getRanking(
      "home",
      { unit: unitNow(), context: { hour: 9 }, candidates: [...films, "f4"], deferred: true },
      patient,
    );
    const request = await answer(unitNow(), { value: "f3", ranking: ["f3", "f1"] });
    expect(request).toMatchObject({ useCase: "home", context: { hour: 9 }, deferred: true, logged: null });
    expect(request.candidates).toEqual([
      { optionId: "f1", context: { price: 3, tags: '["new",7]' } },
      { optionId: "f2", context: { price: null } },
      { optionId: "f3", context: {} },
      { optionId: "f4", context: {} },
    ]);
    expect(await asking).toEqual({
      ...{ ranking: ["f3", "f1"], isDefault: false, decisionId: request.decisionId, reason: "exploit", propensity: 1 },
      ...{ blueprint: "v1", modelId: "m1", repeatOf: null, error: null },
    });
  });

  test("that the loop leaves empty is empty, and no default", async () => {
    const asking = opened().getRanking("home", { unit: unitNow(), context: {}, candidates: films }, patient);
    await answer(unitNow(), { ranking: [] });
    expect(await asking).toMatchObject({ ranking: [], isDefault: false });
  });

  test("whose scores are all missing is what is shown and recorded, and is no failure", async () => {
    const said = { value: "f2", ranking: ["f2", "f3"], reason: "error", error: "the policy gave no value" } as const;
    for (const throwOnError of [false, true]) {
      const unit = `${unitNow()}${String(throwOnError)}`;
      const request = { unit, context: {}, candidates: films };
      const asking = opened().getRanking("home", request, { ...patient, throwOnError });
      await answer(unit, said);
      expect(await asking).toMatchObject({
        ranking: ["f2", "f3"],
        isDefault: false,
        reason: "error",
        error: said.error,
      });
    }
  });

  test("is the candidates' own order with the reply's reason where the reply has none", async () => {
    const candidates = [...films, "f1"];
    const asking = opened().getRanking("home", { unit: unitNow(), context: {}, candidates }, patient);
    await answer(unitNow(), { reason: "error", propensity: null, error: "window features are not ready" });
    expect(await asking).toMatchObject({
      ...{ ranking: own, isDefault: true, reason: "error", propensity: null, error: "window features are not ready" },
    });
  });

  test("is the candidates' own order without an answer in time", async () => {
    const request = { unit: unitNow(), context: {}, decisionId: `d-${count}`, candidates: films };
    const ranking = await opened().getRanking("home", request, { timeout: 50 });
    expect(ranking).toMatchObject({ ranking: own, isDefault: true, decisionId: `d-${count}`, reason: "error" });
    expect(ranking.error).toContain("within 50 ms");
  });

  test("of a use case that decides a value says so", async () => {
    const [client, request] = [opened(), { context: {}, candidates: films }];
    const asking = client.getRanking("home", { ...request, unit: unitNow() }, patient);
    await answer(unitNow(), { value: 7 });
    const told = expect.stringContaining("use case home decides a value and ranks nothing") as string;
    expect(await asking).toMatchObject({ ranking: own, isDefault: true, reason: "exploit", error: told });
    const thrown = client.getRanking("home", { ...request, unit: `${unitNow()}b` }, { ...patient, throwOnError: true });
    const refused = expect(thrown).rejects.toMatchObject({ code: "DECISION_FAILED", message: told });
    await answer(`${unitNow()}b`, { value: 7 });
    await refused;
  });

  test("in a decision's answer lies beside its first option", async () => {
    const request = { unit: unitNow(), context: {}, candidates: films };
    const asking = opened().getDecision("home", request, { ...patient, default: "f2" });
    await answer(unitNow(), { value: "f3", ranking: ["f3", "f1"] });
    expect(await asking).toMatchObject({ value: "f3", isDefault: false, ranking: ["f3", "f1"], error: null });
  });
});

test("one of the candidates may be decided", async () => {
  const asking = opened().getDecision("home", { unit: unitNow(), context: {}, candidates: films }, patient);
  expect((await answer(unitNow(), { value: "f2" })).candidates).toHaveLength(3);
  expect(await asking).toMatchObject({ value: "f2", isDefault: false, ranking: null });
});

const many = Array.from({ length: 501 }, (_, i) => `o${i}`);
test.each<[string, unknown, string, readonly string[]]>([
  ["an object", { f1: {} }, "candidates is an object: send an array", []],
  ["a text", "f1", "candidates is a string: send an array", []],
  ["a number among them", ["f1", 7], "candidates[1] is a number: send an id, or an object with its optionId", ["f1"]],
  ["a list among them", [["f1"]], "candidates[0] is an array: send an id, or an object", []],
  ["one without an id", [...films, { id: "f4" }], "candidates[3].optionId is undefined: send a string", own],
  ["an id that is a number", ["f1", { optionId: 4 }], "candidates[1].optionId is a number: send a string", ["f1"]],
  ["an empty id", ["f1", ""], "candidates[1].optionId is empty: name the option", ["f1"]],
  ["half a character", ["a\ud800"], "candidates[0] holds half of a surrogate pair", ["a\ud800"]],
  [
    "a date",
    ["f1", { optionId: "f2", context: { since: new Date(0) } }],
    'candidates[1] ("f2"): context.since is a Date: send its milliseconds or a string',
    ["f1", "f2"],
  ],
  [
    "a context that is none",
    [{ optionId: "f2", context: 7 }],
    'candidates[0] ("f2"): context is a number: send an object of names and values',
    ["f2"],
  ],
  [
    "an item of a list",
    [{ optionId: "f2", context: { tags: [[1]] } }],
    'candidates[0] ("f2"): context.tags[0] is an array',
    ["f2"],
  ],
  ["more than 500", many, "candidates has 501 options; at most 500 are taken", many],
  [
    "a long text",
    [...films, { optionId: "f4", context: { title: "x".repeat(300_000) } }],
    'candidates[3] ("f4"): context.title has 300000 bytes; at most 262144 are taken',
    [...own, "f4"],
  ],
])(
  "%s as candidates gives their own order as far as it is one, and names the candidate; nothing is sent",
  async (_, bad, error, order) => {
    const request = { unit: unitNow(), context: {}, candidates: bad as Candidate[] };
    const client = opened();
    const told = expect.stringContaining(error) as string;
    expect(await client.getRanking("home", request)).toMatchObject({
      ...{ ranking: order, isDefault: true, reason: "error", error: told },
    });
    expect(await client.getDecision("home", request, { default: "f9" })).toMatchObject({ value: "f9", error: told });
    await expect(client.getRanking("home", request, { throwOnError: true })).rejects.toMatchObject({ message: told });
    expect(await asked(unitNow())).toBeUndefined();
  },
);

test("a ranking without a request is empty and says so", async () => {
  const untyped = opened() as unknown as { getRanking(useCase: string): Promise<Ranking> };
  expect(await untyped.getRanking("home")).toMatchObject({
    ...{ ranking: [], isDefault: true, error: "the request is undefined: send a unit" },
  });
});

describe("an observation of an option", () => {
  const stored = async (decisionId: string) => {
    const found = [];
    for await (const { key, value } of readTopic(log, serdes, observations)) if (key === decisionId) found.push(value);
    return found;
  };

  test("is stored with the option's id", async () => {
    const told = await opened().logObservations(unitNow(), { kind: "click" }, { ...patient, optionId: "f2" });
    const { observationId } = told;
    expect(told).toEqual({ ok: true, observationId });
    expect(await stored(unitNow())).toEqual([
      {
        decisionId: unitNow(),
        useCase: "",
        observationId,
        optionId: "f2",
        activation: false,
        values: { kind: "click" },
      },
    ]);
  });

  test("waits in the spool with the option's id, and the next client sends it so", async () => {
    const spool = join(dir, `spool-${count}`);
    const client = opened(spool);
    place.mood = "away";
    const told = await client.logObservations(unitNow(), { kind: "click" }, { timeout: 20, optionId: "f3" });
    expect(told).toMatchObject({ ok: true, waits: "disk" });
    expect(await client.close({ timeout: 20 })).toEqual({ lost: 0, spooled: 1 });
    place.mood = "well";
    expect(opened(spool).status.waiting.records).toBe(1);
    await expect.poll(() => stored(unitNow()), patient).toMatchObject([{ optionId: "f3", values: { kind: "click" } }]);
  });

  test("that a former release has left in the spool is about all options", async () => {
    const spool = join(dir, `spool-${count}`);
    const former = openSpool(spool, silent);
    const [id, decisionId] = ["o1", unitNow()];
    await former.keep({ what: "observation", id, decisionId, useCase: "", values: {}, time: 5 }, undefined).written;
    await former.close();
    opened(spool);
    await expect.poll(() => stored(unitNow()), patient).toMatchObject([{ observationId: "o1", optionId: "" }]);
  });

  test.each([
    [4, "optionId is a number: send a string"],
    ["a\ud800", "optionId holds half of a surrogate pair"],
    ["o".repeat(513), "optionId has 513 bytes; at most 512 are taken"],
  ])("with the id %s is refused", async (id, error) => {
    const call = { optionId: id as string };
    expect(await opened().logObservations(unitNow(), { kind: "click" }, call)).toMatchObject({
      ok: false,
      error: expect.stringContaining(error) as string,
    });
    expect(await stored(unitNow())).toEqual([]);
  });
});

test("the entries of candidates have the types of the use case's options", () => {
  interface Products {
    home: {
      context: { hour: number };
      value: string;
      observations: { kind: "click" };
      option: { price: number };
    };
    banner: { context: { hour: number }; value: string; observations: { kind: "click" } };
  }
  const client = {} as Client<Products>;
  const asked = { unit: "u", context: { hour: 1 } };
  const priced = [{ optionId: "b", context: { price: 1 } }];
  const mistyped = [{ optionId: "b", context: { prize: 1 } }];
  const typed = () => {
    void client.getRanking("home", { ...asked, candidates: ["a", { optionId: "b" }, ...priced] });
    // @ts-expect-error no entry of an option
    void client.getRanking("home", { ...asked, candidates: mistyped });
    void client.getRanking("banner", { ...asked, candidates: mistyped });
  };
  expectTypeOf(typed).toBeFunction();
  expectTypeOf<Client<Products>["getRanking"]>().returns.resolves.toEqualTypeOf<Ranking>();
});
