import { afterEach, beforeEach, expect, test } from "vitest";
import { audit, explainDecision, type Explanation } from "../../recompute/index.ts";
import { decisionRequests, decisions } from "../../schemas/index.ts";
import { HOUR, onnx, PARCELS, parcels, request, START } from "../operators/parcels.ts";
import { openRun, type ParcelRun } from "./parcel-run.ts";

let run: ParcelRun;
beforeEach(async () => (run = await openRun()));
afterEach(() => run.close());

async function explained(id: string): Promise<Explanation> {
  const explanation = await explainDecision(run.source, id);
  if (explanation === undefined) throw new Error(`no decision ${id}`);
  return explanation;
}

const feature = ({ features }: Explanation, name: string) => features.find((one) => one.name === name)!;

test("says where the request, each feature, the prediction, the policy's steps and the seed came from", async () => {
  await run.model("m1", START);
  const at = START + 10 * HOUR;
  for (const [minutes, before] of [
    [1, 25 * HOUR],
    [2, 2 * HOUR],
    [3, HOUR],
    [4, 60_000],
  ] as const) {
    await run.scan(at - before, minutes);
  }
  await run.scan(at, 5);
  await run.scan(at - 1, 6, "south");
  await run.ask("a", at, 20);
  await run.idle();
  const found = await explained("a");
  expect(found).toMatchObject({ equal: true, differences: [], records: 1, sourcesBefore: true });
  expect(found.logged.decision.blueprintVersion).toBe(parcels.version);
  expect(found.request).toMatchObject({ topic: "decision-requests" });
  expect(found.model!.modelId).toBe("m1");
  expect(feature(found, "weight")).toMatchObject({ logged: 20, recomputed: 20, source: { kind: "context" } });
  expect(feature(found, "m_depot_1h")).toMatchObject({
    logged: 3.5,
    source: {
      kind: "events",
      event: "scan",
      key: "north",
      window: "1h",
      count: 2,
      oldest: { time: at - HOUR },
      newest: { time: at - 60_000, origin: { topic: "events" } },
    },
  });
  expect(feature(found, "last_depot").source).toMatchObject({
    window: "1d",
    count: 3,
    oldest: { time: at - 2 * HOUR },
  });
  expect(found.predictions).toEqual([
    {
      name: "late",
      logged: found.logged.decision.predictions["late"],
      recomputed: found.logged.decision.predictions["late"],
    },
  ]);
  expect(found.policy.map(({ formula }) => formula)).toEqual(["risk", "decide"]);
  expect(found.policy.at(-1)!.steps.at(-1)).toEqual({ text: "risk > 0.5", value: true });
  expect(found.seed).toEqual({ logged: found.logged.decision.seed, recomputed: found.logged.decision.seed });
});

test("a decision from before three versions and ten models comes out equal", async () => {
  const at = START + HOUR;
  await run.scan(at - 60_000, 4);
  await run.model("m0", START);
  await run.ask("old", at);
  await run.idle();
  for (let i = 1; i <= 10; i++) await run.model(`m${i}`, at + i, onnx);
  for (let i = 1; i <= 3; i++) await run.blueprint(PARCELS.replace("in: 1h", `in: ${i + 1}h`), at + 100 * i);
  await run.scan(at + 1, 9);
  await run.ask("new", at + HOUR);
  await run.idle();
  const old = await explained("old");
  expect(old).toMatchObject({ equal: true, sourcesBefore: true, later: { versions: 3, models: 10 } });
  expect(old.logged.decision).toMatchObject({ modelId: "m0", blueprintVersion: parcels.version });
  expect(await explained("new")).toMatchObject({ equal: true, later: { versions: 0, models: 0 } });
});

test("a request that was repeated with another context is explained by the one that was answered", async () => {
  await run.ask("a", START + HOUR, 5);
  await run.idle();
  const again = request("a", { weight: 19, depot: "north" }, { unit: "unit-a" });
  await run.publisher.publish([{ topic: decisionRequests, key: "a", value: again, time: START + HOUR + 5 }]);
  await run.idle();
  const { equal, records, request: at } = await explained("a");
  expect([equal, records, at!.offset]).toEqual([true, 1, 0]);
});

test.each(["anna", "bert", "clara", "dora"])(
  "a request that was keyed by its unit %s, or by something else, is found too",
  async (unit) => {
    const asked = request("a", { weight: 5, depot: "north" }, { unit });
    const keyed = { a: "a", b: unit, c: "anything" };
    for (const [id, key] of Object.entries(keyed)) {
      const value = { ...asked, decisionId: id };
      await run.publisher.publish([{ topic: decisionRequests, key, value, time: START + HOUR }]);
    }
    await run.idle();
    for (const id of Object.keys(keyed)) expect(await explained(id)).toMatchObject({ equal: true });
  },
);

test("of one id under several units at one time each record is explained by the request of its unit", async () => {
  const weights = { anna: 15, bert: 16, clara: 17 };
  for (const [unit, weight] of Object.entries(weights)) {
    const value = request("a", { weight, depot: "north" }, { unit });
    await run.publisher.publish([{ topic: decisionRequests, key: unit, value, time: START + HOUR }]);
  }
  await run.idle();
  const made = await run.decisions();
  expect(made).toHaveLength(1);
  // A former release kept requests by their keys, and made one for each unit.
  const [first] = made as [(typeof made)[number]];
  const { unit: one, features } = first;
  for (const [unit, weight] of Object.entries(weights)) {
    if (unit === one) continue;
    const own = Array.from(features, (value) => (value === weights[one as keyof typeof weights] ? weight : value));
    const value = { ...first, unit, features: own };
    await run.publisher.publish([{ topic: decisions, key: "a", value, time: START + HOUR }]);
  }
  await run.idle();
  expect(await run.decisions()).toHaveLength(3);
  const { differences } = await audit(run.source, { share: 1, from: START, to: START + 2 * HOUR });
  expect(differences).toEqual([]);
});

test("without a key the windows have no source", async () => {
  const value = request("a", { weight: 5 }, { unit: "anna" });
  await run.publisher.publish([{ topic: decisionRequests, key: "anna", value, time: START + HOUR }]);
  await run.idle();
  const found = await explained("a");
  expect(found.equal).toBe(true);
  expect(feature(found, "n_depot_1h")).toMatchObject({ logged: null, source: { key: null, count: 0, newest: null } });
});

test("there is nothing to say of a decision that was not made", async () => {
  expect(await explainDecision(run.source, "nobody")).toBeUndefined();
});
