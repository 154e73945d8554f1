import { afterAll, beforeAll, expect, test } from "vitest";
import { publishBlueprint, putRow } from "../../loop/index.ts";
import { audit, explainDecision } from "../../recompute/index.ts";
import { decisions, type DecisionRecorded } from "../../schemas/index.ts";
import { prefixed, readTopic } from "../../streams/index.ts";
import { scorers } from "../operators/parcels.ts";
import { openLive, type LiveLoop } from "./live-loop.ts";

const START = Date.UTC(2026, 0, 1);
const MINUTE = 60_000;
const blueprint = (useCase: string, entry = ""): string => `useCase: ${useCase}
decisionSpace: boolean
context: { article: key${entry} }
observations: { y: boolean }
tables:
  readers: { key: reader, fields: { age: number, plan: category, about: text } }
  ratings: { key: [reader, article], fields: { stars: number } }
  words: { key: word, fields: { meaning: vector(2) } }
features:
  - age: { table: readers, field: age, by: unit }
  - plan: { table: readers, field: plan, by: unit }
  - stars: { table: ratings, field: stars, by: [unit, article] }
  - about: { embed: about, from: readers, by: unit, words: words, vector: meaning }
label: { name: liked, value: y, wait: 1h, default: 0 }
policy: { decide: liked > 0.5 }
training: { schedule: none, freshRows: none }
`;

let live: LiveLoop;
let n = 0;
const decided = async (prefix = ""): Promise<ReadonlyMap<string, DecisionRecorded>> => {
  const found = new Map<string, DecisionRecorded>();
  for await (const { key, value } of readTopic(prefixed(live.backbone, prefix), live.loop.serdes, decisions))
    found.set(key, value);
  return found;
};
const ask = async (unit: string, context: Readonly<Record<string, string>> = {}, useCase = "shop"): Promise<string> => {
  const decisionId = `d${n++}`;
  live.now += MINUTE;
  await live.client.getDecision(useCase, { decisionId, unit, context }, { timeout: 60_000 });
  await live.loop.application.idle();
  return decisionId;
};
const featuresOf = async (id: string): Promise<readonly unknown[]> => (await decided()).get(id)!.features;
const source = () => ({ backbone: live.backbone, serdes: live.loop.serdes, salt: "salt", scorers });

beforeAll(async () => {
  live = await openLive(START);
  await publishBlueprint(live.loop, blueprint("shop"), 0);
  await publishBlueprint(live.loop, blueprint("named", ", unit: key"), 0);
  await live.loop.application.idle();
  for (const [table, key, values] of [
    ["readers", ["ann"], { age: 30, plan: "gold", about: "sea sand" }],
    ["readers", ["bob"], { age: 40, plan: "free", about: "snow" }],
    ["ratings", ["ann", "a1"], { stars: 5 }],
    ["words", ["sea"], { meaning: [1, 0] }],
    ["words", ["sand"], { meaning: [0, 1] }],
  ] as const)
    await putRow(live.loop, { table, key, values, validFrom: START });
  await live.loop.application.idle();
}, 120_000);
afterAll(() => live.close());

test("a row is found by the decision's unit, alone or beside an entry of the context", async () => {
  expect(await featuresOf(await ask("ann", { article: "a1" }))).toEqual([30, "gold", 5, 0.5, 0.5]);
  expect(await featuresOf(await ask("ann", { article: "a2" }))).toEqual([30, "gold", null, 0.5, 0.5]);
  expect(await featuresOf(await ask("bob", { article: "a1" }))).toEqual([40, "free", null, null, null]);
  expect(await featuresOf(await ask("ann"))).toEqual([30, "gold", null, 0.5, 0.5]);
  expect(await featuresOf(await ask("eve", { article: "a1" }))).toEqual([null, null, null, null, null]);
});

test("an entry of the request that the blueprint does not declare is not the unit, and counts for nothing, as told", async () => {
  const unfit = await ask("ann", { article: "a1", unit: "bob" });
  const fit = await ask("ann", { article: "a1" });
  expect(await featuresOf(unfit)).toEqual([30, "gold", 5, 0.5, 0.5]);
  const told = new Map<string, string | undefined>();
  for await (const { key, headers } of readTopic(live.backbone, live.loop.serdes, decisions))
    told.set(key, headers["loopstream_misfits"]?.toString());
  expect(told.get(unfit)).toContain("unit");
  expect(told.get(fit)).toBe(undefined);
});

test("a context entry that is declared as unit comes first", async () => {
  expect(await featuresOf(await ask("ann", { article: "a1", unit: "bob" }, "named"))).toEqual([
    40,
    "free",
    null,
    null,
    null,
  ]);
  expect(await featuresOf(await ask("ann", { article: "a1" }, "named"))).toEqual([null, null, null, null, null]);
});

test("explain names the key; without state, in a replay and in an audit the values are the same", async () => {
  const explained = (await explainDecision(source(), "d0"))!;
  const sources = new Map(explained.features.map(({ name, source: of }) => [name, of]));
  expect(sources.get("age")).toMatchObject({ kind: "table", table: "readers", key: "ann", validFrom: START });
  expect(sources.get("stars")).toMatchObject({ kind: "table", key: expect.stringContaining("ann") as string });
  await live.restart({ wiped: true });
  await ask("ann", { article: "a1" });
  const all = await decided();
  const ofShop = new Map([...all].filter(([, { useCase }]) => useCase === "shop").map(([id, d]) => [id, d.features]));
  const { replay } = await live.replay({ useCase: "shop" });
  expect(new Map([...(await decided(`${replay}-`))].map(([id, d]) => [id, d.features]))).toEqual(ofShop);
  const everything = { share: 1, from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY };
  expect(await audit(source(), everything)).toMatchObject({ differences: [], recomputed: all.size });
});
