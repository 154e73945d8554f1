import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { compileBlueprint, versionKey, type WindowGroup } from "../../../blueprints/index.ts";
import { publishBlueprint } from "../../../loop/index.ts";
import { measureCost, type CostOptions, type CostReport, type GroupCost } from "../../../recompute/index.ts";
import {
  decisionRequests,
  decisions,
  events,
  models,
  tableRows,
  type DecisionRecorded,
  type TableRow,
} from "../../../schemas/index.ts";
import { ScorerCache, writeArtifact } from "../../../serving/index.ts";
import { createLevelEngine } from "../../../streams/index.ts";
import { onnxFromTrees } from "../../../trainer/onnx/index.ts";
import { random } from "../../blueprints/random.ts";
import { openLive, type LiveLoop } from "../../loop/live-loop.ts";
import { inProduction } from "../../operators/parcels.ts";
import { backgroundEngine } from "../../streams/state/background-engine.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const START = Date.UTC(2026, 0, 5);
const TEXT = `useCase: shop
decisionSpace: boolean
context: { price: number, place: key, query: text, taste: vector(2) }
observations: { bought: boolean }
events: { paid: { fields: [amount] }, seen: { fields: [] } }
tables:
  places: { key: place, fields: { size: number, floor: number } }
  words: { key: word, fields: { meaning: vector(3) } }
features:
  - price
  - m_place: { mean: amount, of: paid, by: place, in: 6h }
  - n_place: { count: true, of: paid, by: place, in: 1h }
  - n_unit: { count: true, of: seen, by: unit, in: 12h }
  - size: { table: places, field: size, by: place }
  - floor: { table: places, field: floor, by: place }
  - ratio: { formula: price / size }
  - dear: { formula: ratio > 1 }
  - said: { embed: query, words: words, vector: meaning }
  - taste
label: { name: sale, value: bought, aggregate: any, wait: 1h, default: 0 }
policy: { decide: sale > 0.5 }
training: { schedule: none, freshRows: none }
`;
const compiled = compileBlueprint(TEXT);
const [ofPlace, ofUnit] = compiled.groups as readonly [WindowGroup, WindowGroup];
const PLACES = ["north", "south", "east/west", "zürich"];
const WORDS = ["red", "blue", "green"];

interface Event {
  readonly kind: "paid" | "seen";
  readonly time: number;
  readonly key: string;
}

const file: Uint8Array = onnxFromTrees(
  {
    ...{ objective: "binary:logistic", columns: compiled.layout.length, baseScore: 0.5 },
    trees: [
      {
        ...{ left: [1, -1, -1], right: [2, -1, -1], column: [0, 0, 0], condition: [50, -2, 2] },
        ...{ missingLeft: [false, false, false], gain: [1, 0, 0] },
      },
    ],
  },
  {},
);

let live: LiveLoop;
const made: Event[] = [];
const queries: string[] = [];
const times: number[] = [];
const next = random(5);
const pick = <T>(from: readonly T[]): T => from[Math.floor(next() * from.length)]!;

async function put(table: string, key: string, values: TableRow["values"]): Promise<void> {
  const value = { table, key: [key], validFrom: live.now, values };
  await live.loop.publisher.publish([
    { topic: tableRows, key: versionKey(table, [key], live.now), value, time: live.now },
  ]);
}

async function event(kind: Event["kind"], time: number, key: string): Promise<void> {
  const value = { kind, attributes: kind === "paid" ? { place: key, amount: time % 97 } : { unit: key } };
  await live.loop.publisher.publish([{ topic: events, key, value, time }]);
  made.push({ kind, time, key });
}

async function ask(id: string): Promise<void> {
  const query = Array.from({ length: Math.floor(next() * 4) }, () => pick([...WORDS, "none"])).join(" ");
  const context = { price: Math.floor(next() * 100), place: pick(PLACES), query, taste: "[0.5,-1]" };
  const value = {
    ...{ decisionId: id, useCase: "shop", unit: `u${Math.floor(next() * 5)}`, context, deferred: false },
    ...{ logged: null, answered: null, candidates: [] },
  };
  await live.loop.publisher.publish([{ topic: decisionRequests, key: id, value, time: live.now }]);
  queries.push(query);
  times.push(live.now);
}

/** A tile's bytes and its key's, from the events alone: by their times, keys and fields. */
function keptBy(
  group: WindowGroup,
  kind: Event["kind"],
  from: number,
): Pick<CostState, "keys" | "entries" | "bytes" | "largest"> {
  const tiles = new Map<string, number>();
  const byKey = new Map<string, number>();
  const kept = made.filter((one) => {
    const start = one.time - (((one.time % group.tileMs) + group.tileMs) % group.tileMs);
    return one.kind === kind && start + group.tileMs + group.retentionMs >= from;
  });
  for (const { time, key } of kept) {
    const start = time - (time % group.tileMs);
    const at = `${group.stateId}|${start}|${key}`;
    const head = tiles.has(at) ? 0 : Buffer.byteLength(at);
    const bytes = head + 8 * (1 + group.fields.length);
    tiles.set(at, bytes + (tiles.get(at) ?? 0));
    byKey.set(key, bytes + (byKey.get(key) ?? 0));
  }
  const most = Math.max(...byKey.values());
  return {
    keys: byKey.size,
    entries: tiles.size,
    bytes: [...tiles.values()].reduce((sum, bytes) => sum + bytes, 0),
    largest: { key: [...byKey].find(([, bytes]) => bytes === most)![0], bytes: most },
  };
}
type CostState = GroupCost["state"][number];

let folder: string;
let folders = 0;
async function cost(options: Partial<CostOptions> = {}, memoryBytes = 1 << 30, behind = false): Promise<CostReport> {
  const { backbone, loop } = live;
  const cache = new ScorerCache(backbone, loop.serdes);
  const dir = join(folder, `${folders++}`);
  const source = { backbone, serdes: loop.serdes, salt: "salt", scorers: cache.get.bind(cache) };
  const background = backgroundEngine();
  const engine = () => (behind ? background : createLevelEngine(dir));
  try {
    return await measureCost(source, {
      ...{ useCase: "shop", count: 1_000, rounds: 3, roundMs: 2, store: { memoryBytes, engine } },
      ...options,
    });
  } finally {
    await cache.close();
  }
}

const groupOf = ({ groups }: CostReport, kind: GroupCost["kind"], name = ""): GroupCost =>
  groups.find((one) => one.kind === kind && (name === "" || one.name === name))!;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "loopstream-cost-test-"));
  live = await openLive(START);
  await publishBlueprint(live.loop, TEXT);
  await live.loop.application.idle();
  for (const place of PLACES.slice(0, 3)) await put("places", place, { size: place.length * 10, floor: 1 });
  for (const word of WORDS) await put("words", word, { meaning: "[1,2,3]" });
  // So long ago that no decision needs it any more.
  await event("paid", START - 9 * 24 * HOUR, "forgotten");
  await live.loop.application.idle();
  for (let at = 0; at < 90; at++) {
    live.now += 7 * MINUTE;
    if (at === 40) await put("places", "north", { size: 70, floor: 2 });
    await event("paid", live.now - Math.floor(next() * 6) * MINUTE, at % 3 === 0 ? "zürich" : pick(PLACES));
    if (at % 2 === 0) await event("seen", live.now - 1_000, `u${Math.floor(next() * 9)}`);
    await live.loop.application.idle();
    live.now += 1;
    await ask(`d${at}`);
    await live.loop.application.idle();
  }
}, 120_000);
afterAll(async () => {
  await live.close();
  await rm(folder, { recursive: true });
});

describe("without a model", () => {
  let report: CostReport;
  beforeAll(async () => (report = await cost()), 60_000);

  test("all decisions are made again as they are on record, and each group says which features it makes", () => {
    expect(report).toMatchObject({
      ...{ useCase: "shop", version: compiled.blueprint.version, live: compiled.blueprint.version },
      ...{ decisions: 90, differing: 0, differences: {}, leftOut: { otherVersions: 0, withoutRequest: 0 } },
      ...{ from: times[0], to: times.at(-1), eventsGoneUntil: null, batch: 64, rounds: 3 },
    });
    expect(report.groups.map(({ kind, name, features }) => [kind, name, features])).toEqual([
      ["context", "", ["price"]],
      ["windows", "paid/place", ["m_place", "n_place"]],
      ["windows", "seen/unit", ["n_unit"]],
      ["table", "places by place", ["size", "floor"]],
      ["transforms", "", ["ratio", "dear"]],
      ["embeddings", "", ["said_0", "said_1", "said_2", "taste_0", "taste_1"]],
      ["model", "", []],
      ["policy", "", []],
    ]);
  });

  test("windows hold the keys, stretches and bytes that the events alone give, without those that no decision needs", () => {
    // A day, and the wait for the label, are kept beside what windows need.
    const from = times.at(-1)! - 24 * HOUR - HOUR;
    const memory = groupOf(report, "windows", "paid/place").state;
    const disk = groupOf(report, "windows", "seen/unit").state;
    const ofMemory = keptBy(ofPlace, "paid", from);
    expect(memory).toEqual([
      {
        ...{ name: "windows paid/place", place: "memory", ...ofMemory },
        memoryBytes: ofMemory.bytes + 640 * ofMemory.entries,
      },
    ]);
    expect(disk).toEqual([
      { name: "windows seen/unit", place: "disk", ...keptBy(ofUnit, "seen", from), memoryBytes: null },
    ]);
    expect(memory[0]!.largest!.key).toBe("zürich");
    expect([ofMemory.keys, ofMemory.entries > 20, disk[0]!.keys! > 5]).toEqual([4, true, true]);
  });

  test("reads are one series in memory, each stretch on disk, one row a look-up and one a word", () => {
    const stretches = times.map((time) => {
      const first = Math.floor((time - ofUnit.retentionMs) / ofUnit.tileMs);
      return Math.floor((time - 1) / ofUnit.tileMs) - first + 1;
    });
    const words = queries.map((query) => query.split(" ").filter((word) => word !== "").length);
    const readsOf = (counts: readonly number[]) => ({
      mean: counts.reduce((sum, count) => sum + count, 0) / counts.length,
      most: Math.max(...counts),
    });
    expect(groupOf(report, "windows", "paid/place").reads).toEqual({ mean: 1, most: 1 });
    expect(groupOf(report, "windows", "seen/unit").reads).toEqual(readsOf(stretches));
    expect(groupOf(report, "table").reads).toEqual({ mean: 1, most: 1 });
    expect(groupOf(report, "embeddings").reads).toEqual(readsOf(words));
    for (const kind of ["context", "transforms", "policy"] as const)
      expect(groupOf(report, kind).reads).toEqual({ mean: 0, most: 0 });
  });

  test("tables hold their rows and versions; groups without state hold none", () => {
    const [places] = groupOf(report, "table").state;
    const [words] = groupOf(report, "embeddings").state;
    expect(places).toMatchObject({ name: "table places", place: "memory", keys: 3, entries: 4 });
    // A head of 23 bytes for each version, and two fields of a name and a number.
    expect(places!.largest!.key).toBe("north");
    expect(words).toMatchObject({ name: "table words", keys: 3, entries: 3 });
    expect(words!.bytes).toBeGreaterThan(3 * 23);
    for (const kind of ["context", "transforms", "policy", "model"] as const)
      expect(groupOf(report, kind).state).toEqual([]);
  });

  test("a time is the median of rounds between the least and the most; a model that no decision asked has none, with the reason", () => {
    for (const { kind, micros } of report.groups.filter((one) => one.kind !== "model")) {
      expect([kind, micros!.least > 0, micros!.least <= micros!.median, micros!.median <= micros!.most]).toEqual([
        ...[kind, true, true, true],
      ]);
    }
    const cold = report.groups.filter(({ coldMicros }) => coldMicros !== null).map(({ name }) => name);
    expect(cold).toEqual(["seen/unit"]);
    expect(groupOf(report, "model")).toMatchObject({
      ...{ micros: null, aloneMicros: null, unknown: "none of these decisions was made by a model" },
    });
    expect(report.features.median).toBeGreaterThan(0);
  });
});

test("where memory is full the windows are on disk, with the same keys and bytes, read stretch by stretch", async () => {
  const [roomy, full] = [await cost(), await cost({}, 1_000)];
  const [before] = groupOf(roomy, "windows", "paid/place").state;
  const { state, reads, coldMicros } = groupOf(full, "windows", "paid/place");
  expect(state).toEqual([{ ...before!, place: "disk", memoryBytes: null }]);
  expect([reads.mean > 8, coldMicros! > 0, full.differing]).toEqual([true, true, 0]);
}, 60_000);

test("an engine that reads in the background gives the same state, reads and decisions", async () => {
  const figures = ({ groups, ...report }: CostReport) => ({
    ...{ ...report, features: null },
    groups: groups.map(({ kind, name, reads, state }) => ({ kind, name, reads, state })),
  });
  const report = figures(await cost({}, 1_000, true));
  expect(report).toEqual(figures(await cost({}, 1_000)));
  expect(report.differing).toBe(0);
}, 60_000);

test("only the newest decisions are made again, and a record that differs is counted by kind", async () => {
  const all: DecisionRecorded[] = (await live.all(decisions)).map(({ value }) => value);
  const newest = all.toSorted((a, b) => a.decisionTime - b.decisionTime).at(-3)!;
  const forged = { ...newest, decisionId: "forged", features: newest.features.with(0, 1_000) };
  const value = { decisionId: "forged", useCase: "shop", unit: newest.unit, context: { price: 1 }, deferred: false };
  live.now += MINUTE;
  await live.loop.publisher.publish([
    {
      ...{ topic: decisionRequests, key: "forged", time: live.now },
      value: { ...value, logged: null, answered: null, candidates: [] },
    },
  ]);
  await live.loop.application.idle();
  await live.loop.publisher.publish([
    { topic: decisions, key: "forged", value: { ...forged, decisionTime: live.now }, time: live.now },
  ]);
  const report = await cost({ count: 10 });
  expect(report.to).toBe(live.now);
  expect([report.decisions, report.differing]).toEqual([10, 1]);
  expect(report.differences["features"]).toBeGreaterThan(0);
  await expect(cost({ useCase: "none" })).rejects.toMatchObject({ code: "UNKNOWN_DECISION" });
  await expect(cost({ version: "0000" })).rejects.toMatchObject({ code: "UNKNOWN_DECISION" });
}, 60_000);

test("a model is timed in batches and alone by the decisions that it made, with the bytes of its file", async () => {
  const { backbone, loop } = live;
  const artifact = await writeArtifact(backbone, loop.publisher, file, live.now, {});
  const { value, time } = inProduction("m1", live.now);
  const record = { ...value, useCase: "shop", blueprintVersion: compiled.blueprint.version, artifact };
  await loop.publisher.publish([{ topic: models, key: "shop/m1", value: record, time }]);
  await loop.application.idle();
  for (let at = 0; at < 12; at++) {
    live.now += MINUTE;
    await ask(`m${at}`);
  }
  await loop.application.idle();
  const report = await cost({ count: 12 });
  expect([report.decisions, report.differing]).toEqual([12, 0]);
  const { name, micros, aloneMicros, state, unknown } = groupOf(report, "model");
  expect([name, unknown, micros!.median > 0, aloneMicros!.median > 0]).toEqual(["m1", null, true, true]);
  expect(state).toEqual([
    {
      ...{ name: "file of model m1", place: "memory", keys: null, entries: 1, bytes: file.length },
      ...{ memoryBytes: null, largest: null },
    },
  ]);
}, 60_000);
