import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { compileBlueprint, versionKey } from "../../../blueprints/index.ts";
import { costText } from "../../../cli/recompute/cost-text.ts";
import { publishBlueprint } from "../../../loop/index.ts";
import { measureCost, type CostReport, type GroupCost } from "../../../recompute/index.ts";
import { decisionRequests, events, posteriors, tableRows } from "../../../schemas/index.ts";
import { createLevelEngine } from "../../../streams/index.ts";
import { openLive, type LiveLoop } from "../../loop/live-loop.ts";

const START = Date.UTC(2026, 0, 5);
const MINUTE = 60_000;

let live: LiveLoop | undefined;
let folder: string | undefined;
afterEach(async () => {
  await live?.close();
  if (folder !== undefined) await rm(folder, { recursive: true });
});

async function cost(useCase: string): Promise<CostReport> {
  const { backbone, loop } = live!;
  const dir = (folder = await mkdtemp(join(tmpdir(), "loopstream-cost-options-")));
  return measureCost(
    { backbone, serdes: loop.serdes, salt: "salt", scorers: (model) => loop.scorers.get(model) },
    {
      ...{ useCase, count: 1_000, rounds: 3, roundMs: 2 },
      store: { memoryBytes: 1 << 30, engine: () => createLevelEngine(dir) },
    },
  );
}

const groupOf = ({ groups }: CostReport, kind: GroupCost["kind"], name = ""): GroupCost =>
  groups.find((one) => one.kind === kind && one.name === name)!;

const FILMS = `useCase: films
decisionSpace: { options: { age: number, genre: category } }
context: { weight: number, place: key }
observations: { y: number }
events: { seen: { fields: [y] }, visit: { fields: [] } }
tables: { films: { key: option, fields: { stars: number } } }
features:
  - weight
  - n_place: { count: true, of: visit, by: place, in: 1d }
  - age
  - m_y: { mean: y, of: seen, by: option, in: 1d }
  - stars: { table: films, field: stars, by: option }
  - gap: { formula: weight - age + stars }
label: { name: y, value: y, aggregate: latest, default: 0, wait: 10m }
model: { objective: regression }
policy: { rank: { score: y, show: 2 } }
training: { schedule: none, freshRows: none }
`;

test("windows, rows and formulas of options are read once an option, and those of the decision once", async () => {
  live = await openLive(START);
  const { loop } = live;
  await publishBlueprint(loop, FILMS);
  await loop.application.idle();
  for (let film = 0; film < 4; film++) {
    const value = { table: "films", key: [`f${film}`], validFrom: live.now, values: { stars: film } };
    const key = versionKey("films", [`f${film}`], live.now);
    await loop.publisher.publish([{ topic: tableRows, key, value, time: live.now }]);
  }
  await loop.application.idle();
  const counts: number[] = [];
  for (let at = 0; at < 20; at++) {
    live.now += MINUTE;
    const seen = { kind: "seen", attributes: { option: `f${at % 4}`, y: at } };
    await loop.publisher.publish([{ topic: events, key: `e${at}`, value: seen, time: live.now }]);
    await loop.publisher.publish([
      { topic: events, key: `v${at}`, value: { kind: "visit", attributes: { place: "north" } }, time: live.now },
    ]);
    await loop.application.idle();
    live.now += 1;
    const candidates = Array.from({ length: 1 + (at % 5) }, (_, film) => ({
      ...{ optionId: `f${film}`, context: { age: film, genre: "g" } },
    }));
    const value = {
      ...{ decisionId: `d${at}`, useCase: "films", unit: "u", context: { weight: at, place: "north" }, candidates },
      ...{ deferred: false, logged: null, answered: null },
    };
    await loop.publisher.publish([{ topic: decisionRequests, key: `d${at}`, value, time: live.now }]);
    await loop.application.idle();
    counts.push(candidates.length);
  }
  const report = await cost("films");
  expect([report.decisions, report.differing]).toEqual([20, 0]);
  const once = { mean: 1, most: 1 };
  const anOption = { mean: counts.reduce((sum, count) => sum + count, 0) / counts.length, most: Math.max(...counts) };
  expect(report.groups.map(({ kind, name, features, reads }) => [kind, name, features, reads.most])).toEqual([
    ["context", "", ["weight", "age"], 0],
    ["windows", "visit/place", ["n_place"], 1],
    ["windows", "seen/option", ["m_y"], 5],
    ["table", "films by option", ["stars"], 5],
    ["transforms", "", ["gap"], 0],
    ["model", "", [], 0],
    ["policy", "", [], 0],
  ]);
  expect(groupOf(report, "windows", "visit/place").reads).toEqual(once);
  expect(groupOf(report, "windows", "seen/option").reads).toEqual(anOption);
  expect(groupOf(report, "table", "films by option").reads).toEqual(anOption);
  expect(groupOf(report, "windows", "seen/option").state[0]!.keys).toBe(4);
}, 60_000);

test("windows of which each process has a part are told as those of all processes together", async () => {
  live = await openLive(START);
  const { loop } = live;
  const text = `useCase: devices
decisionSpace: boolean
context: { device: key }
observations: { y: boolean }
events: { ping: { fields: [] } }
features:
  - n: { count: true, of: ping, by: device, in: 1d, state: keyed }
label: { name: y, value: y, aggregate: any, wait: 10m, default: 0 }
policy: { decide: y > 0.5 }
training: { schedule: none, freshRows: none }
`;
  await publishBlueprint(loop, text);
  await loop.application.idle();
  for (let at = 0; at < 6; at++) {
    live.now += MINUTE;
    const value = { kind: "ping", attributes: { device: `d${at % 2}` } };
    await loop.publisher.publish([{ topic: events, key: `e${at}`, value, time: live.now }]);
    await loop.application.idle();
    live.now += 1;
    await live.client.getDecision("devices", { unit: "u", decisionId: `r${at}`, context: { device: `d${at % 2}` } });
  }
  const report = await cost("devices");
  expect([report.decisions, report.differing]).toEqual([6, 0]);
  const { state } = groupOf(report, "windows", "ping/device");
  expect(state).toMatchObject([{ place: "keyed", keys: 2, memoryBytes: null }]);
  expect(costText(report)).toMatch(/ B on disk, of all processes together +d[01]: \d+ B$/m);
  expect(costText(report)).toContain("windows ping/device: each process has a part of the keys");
}, 60_000);

const OFFERS = `
useCase: offers
decisionSpace: { actions: [a, b, c] }
context: { x: number, y: number }
observations: { clicked: boolean }
features: [x, y]
label: { name: click, value: clicked, aggregate: any, wait: 10s, default: 0 }
posterior: { after: 20s }
policy: { choose: posteriorMean + 0.3 * posteriorDeviation }
training: { schedule: none, freshRows: none }
`;

test("a posterior holds the states that its topic has, and a decision reads one an option", async () => {
  live = await openLive(START);
  await publishBlueprint(live.loop, OFFERS);
  await live.loop.application.idle();
  for (let n = 0; n < 80; n++) {
    live.now += 1_000;
    const asked = { unit: `u${n}`, decisionId: `d${n}`, context: { x: Math.sin(n), y: Math.cos(n) } };
    const { value } = await live.client.getDecision("offers", asked);
    await live.client.logObservations(`d${n}`, { clicked: value === "a" }, { useCase: "offers" });
    if (n % 10 !== 9) continue;
    await live.tick();
    await live.loop.idle();
  }
  const report = await cost("offers");
  expect([report.decisions, report.differing]).toEqual([80, 0]);
  const { reads, state, micros } = groupOf(report, "posterior");
  expect([reads, micros!.median > 0]).toEqual([{ mean: 3, most: 3 }, true]);
  const { id } = compileBlueprint(OFFERS).posterior!;
  const byOption = new Map<string, number>();
  const states = new Map<string, number>();
  for (const { value, time } of await live.all(posteriors)) {
    const { optionId, squares, products } = value;
    const bytes = 8 * (2 + squares.length + products.length);
    states.set(`${optionId}|${time}`, `offers/${id}|${optionId}|${time}`.length + bytes);
  }
  for (const [at, bytes] of states) {
    const option = at.slice(0, at.indexOf("|"));
    byOption.set(option, bytes + (byOption.get(option) ?? 0));
  }
  const most = Math.max(...byOption.values());
  expect(state).toMatchObject([
    { name: "posterior", place: "memory", keys: byOption.size, entries: states.size, memoryBytes: null },
  ]);
  expect(state[0]!.largest!.bytes).toBe(most);
  expect(byOption.size).toBeGreaterThan(0);
}, 60_000);
