import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createClient, type Client } from "../../../client/index.ts";
import { decisions } from "../../../schemas/index.ts";
import { createKafkaBackbone, readTopic, Serdes } from "../../../streams/index.ts";
import { placeOn, type Place } from "../../chaos/product.ts";
import { loopstream, temporaryDir } from "../../e2e/command.ts";
import { startLoopstream, type Running } from "../../e2e/running.ts";
import { startKafka, type KafkaServer } from "../../servers/kafka.ts";
import { freePorts } from "../../servers/ports.ts";
import { startRegistry, type RegistryServer } from "../../servers/registry.ts";
import { blueprint, expected, seenBetween, type Seen } from "./devices.ts";

const HOUR = 3_600_000;
const DEVICES = 300;
const EVENTS = 3_000;
const AT_A_TIME = 50;

// Servers of its own: it reads all decisions, and audits them.
let kafka: KafkaServer;
let registry: RegistryServer;
let place: Place;
let client: Client;
let now: number;
let seen: readonly Seen[];
const { path, remove } = temporaryDir();
const processes: (Running & { readonly metrics: string })[] = [];
const where = (): readonly string[] => ["--brokers", kafka.brokers, "--registry", registry.url];

async function start(at: number): Promise<void> {
  const [port] = await freePorts(1);
  const dir = ["--dir", join(path, String(at)), "--metrics", String(port)];
  processes[at] = {
    ...startLoopstream(["start", ...where(), ...dir]),
    metrics: `http://127.0.0.1:${port}/metrics`,
  };
  await processes[at].says("the loop is running");
}
async function metric(at: number, line: RegExp): Promise<number> {
  const text = await (await fetch(processes[at]!.metrics)).text();
  return Number(line.exec(text)?.[1] ?? "0");
}
/** Asks for a decision for each device, and gives their features by device. */
async function decideAll(name: string): Promise<ReadonlyMap<string, readonly unknown[]>> {
  for (let from = 0; from < DEVICES; from += AT_A_TIME) {
    const some = Array.from({ length: AT_A_TIME }, (_, at) => from + at);
    await Promise.all(
      some.map((at) =>
        client.getDecision(
          "devices",
          { unit: "u", decisionId: `${name}-${at}`, context: { device: `device-${at}`, site: "site-1" } },
          { time: now, timeout: 120_000 },
        ),
      ),
    );
  }
  const found = new Map<string, readonly unknown[]>();
  for await (const { value } of readTopic(place.backbone, new Serdes(place.registry), decisions)) {
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

beforeAll(async () => {
  [kafka, registry] = await Promise.all([startKafka(), startRegistry()]);
  now = Date.now();
  seen = seenBetween(now - 10 * HOUR, now - HOUR / 4, EVENTS, DEVICES);
  mkdirSync(path, { recursive: true });
  const file = join(path, "devices.yaml");
  writeFileSync(file, blueprint());
  const published = await loopstream(["blueprint", "publish", file, ...where(), "--dir", join(path, "0")]);
  expect(published.code).toBe(0);
  place = placeOn(await createKafkaBackbone({ brokers: kafka.brokers.split(",") }), registry.url);
  client = createClient({ ...place, buffer: false });
  for (const at of [0, 1, 2]) await start(at);
}, 300_000);
afterAll(async () => {
  for (const process of processes) process.kill();
  for (const process of processes) await process.ended();
  await client.close();
  await place.close();
  await Promise.all([kafka.stop(), registry.stop()]);
  remove();
});

test("three processes have a part of the keys each, and every decision has the windows of its events", async () => {
  await Promise.all(seen.map(({ time, ...attributes }) => client.logEvent("seen", attributes, { time })));
  const isRead = /^loopstream_globals_offset\{topic="events"\} (\d+)/m;
  for (const at of [0, 1, 2]) while ((await metric(at, isRead)) < EVENTS) await delay(50);
  // They have their partitions of the lookups, and have filled their shares.
  for (let tries = 0; tries < 20 && ![...(await decideAll(`warm${tries}`))].every(isRight); tries++) await delay(500);
  const found = await decideAll("three");
  expect([...found].filter((one) => !isRight(one))).toEqual([]);
  const answered = /^loopstream_window_lookups_total\{outcome="answered"\} (\d+)/m;
  const asked = await Promise.all([0, 1, 2].map((at) => metric(at, answered)));
  // Whoever decided had to ask for the keys of the others.
  expect(asked.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(DEVICES / 3);
  const bytes = await Promise.all([0, 1, 2].map((at) => metric(at, /^loopstream_part_bytes\{place="disk"\} (\d+)/m)));
  const all = bytes.reduce((sum, each) => sum + each, 0);
  expect(all).toBeGreaterThan(EVENTS * 16);
  // Of four shares one process has two.
  for (const each of bytes) expect(each).toBeLessThan(0.7 * all);
}, 300_000);

test("a killed process costs the windows of its keys alone, until another one has them; an audit knows the cause", async () => {
  processes[2]!.kill();
  await processes[2]!.ended();
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
  const audited = await loopstream(["audit", "--sample", "100%", ...where(), "--dir", join(path, "0"), "--json"]);
  const { differences } = audited.json as { readonly differences: readonly { readonly causes: readonly unknown[] }[] };
  expect(JSON.stringify(audited.json)).not.toContain("without a cause");
  if (late > 0) expect(JSON.stringify(differences)).toContain("did not answer in time");
  await start(2);
}, 400_000);
