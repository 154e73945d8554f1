import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createClient, type Candidate, type Client } from "../../client/index.ts";
import { blueprints, decisionRequests, events, observations } from "../../schemas/index.ts";
import { readTopic, type Topic } from "../../streams/index.ts";
import { eventually } from "../eventually.ts";
import { FILMS, TABS } from "../http/films.ts";
import { noScorers, PARCELS, published } from "../operators/parcels.ts";
import { runLoop, type RunningLoop } from "./running-loop.ts";

let loop: RunningLoop;
let client: Client;
let lenient: Client;
beforeAll(async () => {
  loop = await runLoop(noScorers);
  const { backbone } = loop;
  client = createClient({ backbone, registry: backbone.registry, strict: true, now: () => 5_000 });
  lenient = createClient({ backbone, registry: backbone.registry, now: () => 5_000 });
});
afterAll(async () => {
  await client.close();
  await lenient.close();
  await loop.close();
});

async function count(topic: Topic<unknown>): Promise<number> {
  let records = 0;
  for await (const _ of readTopic(loop.backbone, loop.serdes, topic)) records++;
  return records;
}

describe("a strict client", () => {
  test("sends what the blueprint knows", async () => {
    const context = { weight: 20, carrier: "air", express: "yes", depot: "north" };
    const decision = await client.getDecision("parcels", { unit: "u", context });
    expect(decision).toMatchObject({ reason: "noModel", error: null });
    const values = { kind: "arrival", delay: "7", depot: "north" };
    expect(await client.logObservations(decision.decisionId, values)).toMatchObject({ ok: true });
    expect(await client.logEvent("scan", { depot: "north", minutes: 3 })).toEqual({ ok: true });
  });

  test("refuses an unknown or unusable entry before it is sent, with the name that was meant", async () => {
    const before = await count(decisionRequests);
    const ask = (context: Record<string, string | number>, useCase = "parcels") =>
      client.getDecision(useCase, { unit: "u", context }, { default: true });
    expect(await ask({ wieght: 3 })).toMatchObject({
      value: true,
      reason: "error",
      error: 'context of use case parcels: the blueprint has no entry "wieght" (did you mean "weight"?)',
    });
    expect(await ask({ weight: "3 kg" })).toMatchObject({ error: expect.stringContaining('"weight" is no number') });
    expect(await ask({}, "parcel")).toMatchObject({
      error: 'there is no use case "parcel" (did you mean "parcels"?)',
    });
    expect(await count(decisionRequests)).toBe(before);
  });

  test("refuses an unknown field or kind of an observation or an event", async () => {
    const [seen, happened] = [await count(observations), await count(events)];
    const observe = (values: Record<string, string | number>, useCase?: string) =>
      client.logObservations("d", values, useCase === undefined ? {} : { useCase });
    expect(await observe({ dely: 3 })).toMatchObject({ ok: false, error: expect.stringContaining('mean "delay"?') });
    expect(await observe({ kind: "arival" }, "parcels")).toMatchObject({
      ok: false,
      error: 'no event is of kind "arival" (did you mean "arrival"?)',
    });
    expect(await client.logEvent("scann", {})).toEqual({
      ok: false,
      error: 'no blueprint knows events of kind "scann" (did you mean "scan"?)',
    });
    expect([await count(observations), await count(events)]).toEqual([seen, happened]);
  });

  test("takes what a version knows that was published since it has read the blueprints", async () => {
    const text = PARCELS.replace("useCase: parcels", "useCase: letters").replace(
      "  weight: number",
      "  weight: number\n  stamp: number",
    );
    const { key, value, time } = published(text);
    await client.getDecision("parcels", { unit: "u", context: {} });
    await loop.publisher.publish([{ topic: blueprints, key, value, time }]);
    await expect
      .poll(async () => (await client.getDecision("letters", { unit: "u", context: { stamp: 1 } })).error, {
        timeout: 5_000,
      })
      .toBe(null);
  });

  describe("over options", () => {
    const [price, candidate] = [{ price: 3 }, (optionId: string, context: object = {}) => ({ optionId, context })];
    beforeAll(async () => {
      for (const text of [FILMS, TABS]) {
        const { key, value, time } = published(text);
        await loop.publisher.publish([{ topic: blueprints, key, value, time }]);
      }
      const known = async () => (await client.getRanking("tabs", { unit: "u", context: {} })).error;
      await eventually(async () => expect(await known()).toBe(null));
    });

    test.each<[string, readonly (string | { optionId: string; context: object })[], string | null]>([
      ["films", [candidate("f1", { price: "3", genre: 7 }), candidate("f2")], null],
      [
        "films",
        [candidate("f1", price), candidate("f2", { prise: 3 })],
        'candidates[1] ("f2"): context: the blueprint has no entry "prise" (did you mean "price"?)',
      ],
      [
        "films",
        [candidate("f1", { price: "dear" })],
        'candidates[0] ("f1"): context: the value of "price" is no number',
      ],
      ["films", ["f1", "f2", "f1"], 'candidates[2] ("f1"): an earlier candidate has this id, and that one counts'],
      ["tabs", ["sports", "news"], null],
      ["tabs", ["sport"], 'candidates[0]: use case tabs has no action "sport" (did you mean "sports"?)'],
      ["tabs", [candidate("news", price)], 'candidates[0] ("news"): its entries are the settings of the action'],
      ["parcels", ["f1"], "candidates: use case parcels neither chooses nor ranks options"],
    ])("of %s candidates %j", async (useCase, candidates, error) => {
      const before = await count(decisionRequests);
      const ranked = await client.getRanking(useCase, {
        unit: "u",
        context: {},
        candidates: candidates as Candidate[],
      });
      if (error === null) expect(ranked).toMatchObject({ reason: "noModel", error });
      else expect(ranked).toMatchObject({ isDefault: true, error: expect.stringContaining(error) as string });
      expect(await count(decisionRequests)).toBe(error === null ? before + 1 : before);
    });
  });

  test("one that is not strict sends all of it", async () => {
    const decision = await lenient.getDecision("parcels", { unit: "u", context: { wieght: 3 } });
    expect(decision).toMatchObject({ reason: "noModel", error: null });
  });
});
