import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { decisions, type DecisionRecorded } from "../../../schemas/index.ts";
import { readTopic, Serdes } from "../../../streams/index.ts";
import { seeded } from "../../chaos/random.ts";
import { withoutRocks } from "../../streams/state/without-rocks.ts";
import { blueprint, expected, seenBetween, type Seen } from "./devices.ts";
import { openProcesses, type Processes } from "./processes.ts";

const HOUR = 3_600_000;
const DEVICES = 100;
const EVENTS = 1_500;
const ITEMS = 12;
const SHOWN = 4;
/** Fewer than processes: one of these has no task of decisions. */
const PARTITIONS = 2;
const LISTS = `
useCase: lists
decisionSpace: { options: {} }
context: { site: category }
events: { used: { fields: [option] } }
features:
  - n_used: { count: true, of: used, by: option, in: 6h, state: keyed }
observations: { y: number }
label: { name: hit, value: y > 0.5, wait: 20m, default: 0 }
policy: { rank: n_used }
training: { schedule: none, freshRows: none }
`;

let loop: Processes;
let now: number;
let seen: readonly Seen[];
const random = seeded(5);
const used = Array.from({ length: ITEMS }, (_, item) => 3 * item);
const shown = (at: number): readonly string[] =>
  Array.from({ length: SHOWN }, (_, place) => `item-${(at * 7 + place * 5) % ITEMS}`);
const count = (item: string): number => used[Number(item.slice("item-".length))]!;

beforeAll(async () => {
  loop = await openProcesses((at) => [
    ...["--partitions", String(PARTITIONS)],
    ...(at === 2 && !withoutRocks ? ["--state-engine", "rocksdb"] : []),
  ]);
  now = Date.now();
  seen = seenBetween(now - 10 * HOUR, now - HOUR / 4, EVENTS, DEVICES);
  await loop.publish("devices.yaml", blueprint());
  await loop.publish("lists.yaml", LISTS);
  for (const at of [0, 1, 2]) await loop.start(at);
  await Promise.all(seen.map(({ time, ...attributes }) => loop.client.logEvent("seen", attributes, { time })));
  await Promise.all(
    used.flatMap((times, item) =>
      Array.from({ length: times }, () =>
        loop.client.logEvent("used", { option: `item-${item}` }, { time: now - Math.floor(random() * 5 * HOUR) - 1 }),
      ),
    ),
  );
  const isRead = /^loopstream_globals_offset\{topic="events"\} (\d+)/m;
  const all = seen.length + used.reduce((sum, times) => sum + times, 0);
  for (const at of [0, 1, 2]) while ((await loop.metric(at, isRead)) < all) await delay(50);
}, 300_000);
afterAll(() => loop.close());

/** Asks for a device's decision and for a list of items. */
async function decide(name: string, at: number): Promise<void> {
  const options = { time: now, timeout: 120_000 };
  await Promise.all([
    loop.client.getDecision(
      "devices",
      { unit: "u", decisionId: `${name}-${at}`, context: { device: `device-${at % DEVICES}`, site: "site-1" } },
      options,
    ),
    loop.client.getRanking(
      "lists",
      { unit: "u", decisionId: `${name}-${at}`, context: { site: "site-1" }, candidates: shown(at) },
      options,
    ),
  ]);
}

async function found(name: string): Promise<readonly DecisionRecorded[]> {
  const all: DecisionRecorded[] = [];
  for await (const { value } of readTopic(loop.place.backbone, new Serdes(loop.place.registry), decisions))
    if (value.decisionId.startsWith(`${name}-`)) all.push(value);
  return all;
}

/** `late`: a window of it is missing. Any other value is wrong. */
function verdict({ useCase, decisionId, features, ...decision }: DecisionRecorded): "right" | "late" | "wrong" {
  const at = Number(decisionId.split("-")[1]);
  if (useCase === "lists") {
    const windows = decision.options.map(({ optionId, features: [n = null] }) => ({ n, right: count(optionId) }));
    if (windows.length !== SHOWN || windows.some(({ n, right }) => n !== null && n !== right)) return "wrong";
    return windows.some(({ n }) => n === null) ? "late" : "right";
  }
  const right = expected(seen, `device-${at % DEVICES}`, "site-1", now);
  if (right.every((one, place) => Object.is(one, features[place] ?? null))) return "right";
  return features[0] === null && features[1] === null && features[2] === right[2] ? "late" : "wrong";
}

const countOf = (all: readonly DecisionRecorded[], of: string): number =>
  all.filter((one) => verdict(one) === of).length;

test("processes that are more than partitions, options, and two state engines: all windows are those of the events", async () => {
  for (let tries = 0; ; tries++) {
    const name = `warm${tries}`;
    for (let at = 0; at < DEVICES; at += 20)
      await Promise.all(Array.from({ length: 20 }, (_, more) => decide(name, at + more)));
    const all = await found(name);
    expect(all).toHaveLength(2 * DEVICES);
    expect(countOf(all, "wrong")).toBe(0);
    if (countOf(all, "late") === 0) break;
    expect(tries).toBeLessThan(40);
    await delay(500);
  }
}, 300_000);

test("processes that are stopped and started one after the other, under load: windows are right or missing, and all there again", async () => {
  let over = false;
  let asked = 0;
  const load = (async () => {
    for (; !over; asked++) {
      await decide("rolling", asked);
      await delay(20);
    }
  })();
  for (const at of [0, 1, 2]) {
    loop.process(at).send("SIGTERM");
    expect((await loop.process(at).ended()).code).toBe(0);
    await loop.start(at);
    await delay(1_000);
  }
  over = true;
  await load;
  const all = await found("rolling");
  expect(all).toHaveLength(2 * asked);
  expect(countOf(all, "wrong")).toBe(0);
  console.log(`${asked} of each asked, ${countOf(all, "late")} decisions without a window`);
  for (let tries = 0; ; tries++) {
    const name = `after${tries}`;
    for (let at = 0; at < DEVICES; at += 20)
      await Promise.all(Array.from({ length: 20 }, (_, more) => decide(name, at + more)));
    const after = await found(name);
    expect(countOf(after, "wrong")).toBe(0);
    if (countOf(after, "late") === 0) break;
    expect(tries).toBeLessThan(60);
    await delay(500);
  }
}, 400_000);
