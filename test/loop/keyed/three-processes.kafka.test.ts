import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { decisions } from "../../../schemas/index.ts";
import { readTopic, Serdes } from "../../../streams/index.ts";
import { loopstream } from "../../e2e/command.ts";
import { blueprint, expected, seenBetween, type Seen } from "./devices.ts";
import { openProcesses, type Processes } from "./processes.ts";

const HOUR = 3_600_000;
const DEVICES = 300;
const EVENTS = 3_000;
const AT_A_TIME = 50;

let loop: Processes;
let now: number;
let seen: readonly Seen[];

/** Asks for a decision for each device, and gives their features by device. */
async function decideAll(name: string): Promise<ReadonlyMap<string, readonly unknown[]>> {
  for (let from = 0; from < DEVICES; from += AT_A_TIME) {
    const some = Array.from({ length: AT_A_TIME }, (_, at) => from + at);
    await Promise.all(
      some.map((at) =>
        loop.client.getDecision(
          "devices",
          { unit: "u", decisionId: `${name}-${at}`, context: { device: `device-${at}`, site: "site-1" } },
          { time: now, timeout: 120_000 },
        ),
      ),
    );
  }
  const found = new Map<string, readonly unknown[]>();
  for await (const { value } of readTopic(loop.place.backbone, new Serdes(loop.place.registry), decisions)) {
    const [from, at] = value.decisionId.split("-");
    if (from === name) found.set(`device-${at}`, value.features);
  }
  expect(found.size).toBe(DEVICES);
  return found;
}
const right = (device: string): readonly unknown[] => expected(seen, device, "site-1", now);
const isRight = ([device, features]: readonly [string, readonly unknown[]]): boolean =>
  right(device).every((value, at) => Object.is(value, features[at] ?? null));
const isLate = ([device, features]: readonly [string, readonly unknown[]]): boolean =>
  features[0] === null && features[1] === null && features[2] === right(device)[2];

// Servers of its own: it reads all decisions, and audits them.
beforeAll(async () => {
  loop = await openProcesses();
  now = Date.now();
  seen = seenBetween(now - 10 * HOUR, now - HOUR / 4, EVENTS, DEVICES);
  await loop.publish("devices.yaml", blueprint());
  for (const at of [0, 1, 2]) await loop.start(at);
}, 300_000);
afterAll(() => loop.close());

test("three processes have a part of the keys each, and every decision has the windows of its events", async () => {
  await Promise.all(seen.map(({ time, ...attributes }) => loop.client.logEvent("seen", attributes, { time })));
  const isRead = /^loopstream_globals_offset\{topic="events"\} (\d+)/m;
  for (const at of [0, 1, 2]) while ((await loop.metric(at, isRead)) < EVENTS) await delay(50);
  // They have their partitions of the lookups, and have filled their shares.
  for (let tries = 0; tries < 20 && ![...(await decideAll(`warm${tries}`))].every(isRight); tries++) await delay(500);
  const found = await decideAll("three");
  expect([...found].filter((one) => !isRight(one))).toEqual([]);
  const answered = /^loopstream_window_lookups_total\{outcome="answered"\} (\d+)/m;
  const asked = await Promise.all([0, 1, 2].map((at) => loop.metric(at, answered)));
  // Whoever decided had to ask for the keys of the others.
  expect(asked.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(DEVICES / 3);
  const bytes = await Promise.all(
    [0, 1, 2].map((at) => loop.metric(at, /^loopstream_part_bytes\{place="disk"\} (\d+)/m)),
  );
  const all = bytes.reduce((sum, each) => sum + each, 0);
  expect(all).toBeGreaterThan(EVENTS * 16);
  // Of four shares one process has two.
  for (const each of bytes) expect(each).toBeLessThan(0.7 * all);
}, 300_000);

test("a killed process costs the windows of its keys alone, until another one has them; an audit knows the cause", async () => {
  loop.process(2).kill();
  await loop.process(2).ended();
  const killed = performance.now();
  let late = 0;
  for (let round = 0; ; round++) {
    const found = [...(await decideAll(`killed${round}`))];
    expect(found.filter((one) => !isRight(one) && !isLate(one))).toEqual([]);
    const missing = found.filter(isLate).length;
    late += missing;
    if (missing === 0) break;
    expect(performance.now() - killed).toBeLessThan(180_000);
    await delay(500);
  }
  console.log(
    `all windows are there again after ${Math.round((performance.now() - killed) / 100) / 10} s, ${late} late`,
  );
  const audited = await loopstream(["audit", "--sample", "100%", ...loop.where, "--dir", loop.path("0"), "--json"]);
  const { differences } = audited.json as { readonly differences: readonly { readonly causes: readonly unknown[] }[] };
  expect(JSON.stringify(audited.json)).not.toContain("without a cause");
  if (late > 0) expect(JSON.stringify(differences)).toContain("did not answer in time");
  await loop.start(2);
}, 400_000);
