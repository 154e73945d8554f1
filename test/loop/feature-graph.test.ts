import { afterAll, beforeAll, expect, test } from "vitest";
import { compileBlueprint } from "../../blueprints/index.ts";
import { featureKinds } from "../../blueprints/features/kinds/index.ts";
import { publishBlueprint } from "../../loop/index.ts";
import { explainDecision, type Explanation } from "../../recompute/index.ts";
import { hashRows, newestRows, rowsTopic } from "../../rows/index.ts";
import { decisions, type DecisionRecorded, type ModelRecorded, type TrainingRow } from "../../schemas/index.ts";
import { ScorerCache } from "../../serving/index.ts";
import { random } from "../blueprints/random.ts";
import { openLive, type LiveLoop } from "./live-loop.ts";

const TEXT = `
useCase: articles
decisionSpace: boolean
context:
  price: number
  city: category
  member: boolean
  reader: key
  lat: number
  lon: number
  tags: list
  taste: vector(3)
  signup: time
observations: { read: boolean }
events: { scan: { fields: [minutes] } }
features:
  - price
  - m_scan: { mean: minutes, of: scan, by: reader, in: 6h }
  - log_price: { formula: log(price + 1) }
  - long_member: { formula: (decisionTime - signup) / 86400000 > 30 and member }
  - size: { bucket: m_scan, bounds: [5, 15] }
  - place: { cross: [city, size] }
  - from_depot: { haversine: [lat, lon, 50.087, 14.421] }
  - likes: { oneHot: tags, values: [news, sport] }
  - tag: { hash: tags, slots: 4 }
  - hour: { calendar: hour, zone: America/New_York }
  - signup_month: { calendar: month, at: signup, zone: Asia/Tokyo }
  - clock: { cyclical: hour, period: 24 }
  - taste
label: { name: reads, value: read, wait: 1h, default: 0 }
policy: { decide: reads > 0.5 and likes_news }
`;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
// Clocks in New York change within the decisions.
const START = Date.UTC(2026, 2, 8, 0);
const compiled = compileBlueprint(TEXT);

const next = random(49);
const one = <T>(...of: readonly T[]): T => of[Math.floor(next() * of.length)]!;
const asked = Array.from({ length: 60 }, (_, n) => ({
  id: `d${n}`,
  time: START + n * 20 * MINUTE,
  minutes: one(1, 4, 9, 30),
  context: {
    price: one<number | string | null>(0, 2.5, "12e1", null, -3),
    city: one<string | number>("Rome", "a|b", "", 94110),
    member: one<boolean | string | null>(true, "no", null),
    reader: one("r1", "r2"),
    lat: one<number | null>(50, -33.9, 91, null),
    lon: one(14.4, 180),
    tags: one<string | null>('["news","tea"]', "[]", '["sport","sport"]', null, "news"),
    taste: one<string | null>("[0.5,-1,2]", "[1,2]", null),
    signup: one<string | number | null>("2026-01-31T20:00:00Z", 1_700_000_000_000, null, "2026-01-31"),
  },
}));

let live: LiveLoop;
let rowsSha256: string;
let explained: Explanation;
const rows = new Map<string, TrainingRow>();
const decided = new Map<string, DecisionRecorded>();

beforeAll(async () => {
  live = await openLive(START - HOUR);
  const { backbone, loop } = live;
  await publishBlueprint(loop, TEXT, 0);
  await loop.application.idle();
  for (const { id, time, context, minutes } of asked) {
    live.now = time;
    await live.client.getDecision("articles", { decisionId: id, unit: id, context }, { timeout: 60_000 });
    live.now = time + MINUTE;
    await live.client.logObservations(id, { kind: "scan", minutes, read: minutes > 5 }, { useCase: "articles" });
    await loop.application.idle();
  }
  await live.tick(asked.at(-1)!.time + 3 * HOUR);
  for (const row of await newestRows(backbone, loop.serdes, rowsTopic(compiled)))
    rows.set(row["decisionId"] as string, row);
  for (const { key, value } of await live.all(decisions)) decided.set(key, value);
  ({ rowsSha256 } = await live.replay({ useCase: "articles" }));
  const scorers = new ScorerCache(backbone, loop.serdes);
  const source = { backbone, serdes: loop.serdes, scorers: (model: ModelRecorded) => scorers.get(model), salt: "salt" };
  explained = (await explainDecision(source, "d59"))!;
  await scorers.close();
}, 900_000);
afterAll(() => live.close());

test("the blueprint has a feature of each kind that reads no table and is of no ranking, and has what it says of them in every decision", () => {
  const kinds = new Set(compiled.blueprint.features.map(({ kind }) => kind));
  const known = featureKinds.names().filter((name) => !["table", "embed", "context", "position"].includes(name));
  expect([...kinds]).toEqual(expect.arrayContaining(known));
  expect(decided.size).toBe(60);
  for (const name of compiled.featureNames) {
    const at = compiled.featureNames.indexOf(name);
    expect(new Set([...decided.values()].map(({ features }) => features[at])).size, name).toBeGreaterThan(1);
  }
});

test("a client's arrays are the lists and vectors of a context", async () => {
  const context = { tags: ["sport", "sport", "tea"], taste: [0.5, -1, 2], city: "Rome" };
  await live.client.getDecision("articles", { decisionId: "arrays", unit: "u", context }, { timeout: 60_000 });
  await live.loop.application.idle();
  const made = (await live.all(decisions)).find(({ key }) => key === "arrays")!.value;
  const of = (name: string) => made.features[compiled.featureNames.indexOf(name)];
  expect([of("likes_news"), of("likes_sport"), of("taste_0"), of("taste_1"), of("taste_2")]).toEqual([
    0, 1, 0.5, -1, 2,
  ]);
});

test("rows have the values of the decisions, column by column", () => {
  expect(rows.size).toBe(60);
  for (const [id, { features }] of decided) {
    for (const [at, name] of compiled.featureNames.entries()) expect(rows.get(id)![name], name).toBe(features[at]);
  }
});

test("a replay makes the same rows, bit for bit", () => {
  const all = [...rows.values()].sort((a, b) => (String(a["decisionId"]) < String(b["decisionId"]) ? -1 : 1));
  expect(rowsSha256).toBe(hashRows([rowsTopic(compiled), all]));
});

test("an explanation makes the decision again, and says what each feature was made of", () => {
  expect(explained).toMatchObject({ equal: true });
  const sources = Object.fromEntries(explained.features.map(({ name, source }) => [name, source]));
  expect(sources).toMatchObject({
    place: { kind: "features", names: ["size", "city"] },
    taste_1: { kind: "features", names: ["taste"] },
    hour: { kind: "features", names: [] },
  });
});
