import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { compileBlueprint, parseBlueprint } from "../../blueprints/index.ts";
import { validBlueprints, blueprintTable } from "../../catalogue/index.ts";
import { enrich, enrichRequest, eventWindows, tableContent } from "../../operators/index.ts";
import { blueprints, deadLetters, decisionRequests, enriched, events, type Enriched } from "../../schemas/index.ts";
import { createTestDriver, defineTopology, type TestDriver } from "../../streams/index.ts";
import { random, shuffled } from "../blueprints/random.ts";
import { HOUR, PARCELS, parcels, published, request, START } from "./parcels.ts";

const topology = defineTopology({
  name: "t",
  operators: [enrich],
  globals: [blueprintTable, eventWindows, tableContent],
});

let driver: TestDriver;
beforeEach(async () => {
  driver = await createTestDriver(topology, { deadLetters, start: START });
  await driver.input(blueprints).send(published());
});
afterEach(() => driver.close());

const at = parcels.features.map(({ name }) => name);
const m = at.indexOf("m_depot_1h");
const n = at.indexOf("n_depot_1h");
const last = at.indexOf("last_depot");

async function featuresAt(time: number, depot = "north", useCase = "parcels"): Promise<Enriched> {
  const value = request("d", { weight: 5, carrier: "air", express: true, depot }, { useCase });
  await driver.input(decisionRequests).send({ key: "anna", value, time });
  return driver.output(enriched).read()!.value;
}

interface Scan {
  readonly time: number;
  readonly depot: string;
  readonly minutes: number | null;
}
const scan = ({ time, depot, minutes }: Scan) => ({
  key: "scan",
  value: { kind: "scan", attributes: { depot, minutes } },
  time,
});

/** The windows' definition, word for word. */
function naive(scans: readonly Scan[], time: number, depot: string): (number | null)[] {
  const before = scans
    .filter((s) => s.depot === depot && s.time < time)
    .sort((a, b) => a.time - b.time || (a.minutes ?? Infinity) - (b.minutes ?? Infinity));
  const hour = before.filter((s) => s.time >= time - HOUR);
  const minutes = hour.flatMap((s) => (s.minutes === null ? [] : [s.minutes]));
  const mean = minutes.length === 0 ? null : minutes.reduce((sum, value) => sum + value, 0) / minutes.length;
  const day = before.filter((s) => s.time > time - 24 * HOUR && s.minutes !== null);
  return [mean, hour.length, day.at(-1)?.minutes ?? null];
}

describe("windows", () => {
  test.each([1, 2, 3])("equal a naive reference whatever the order the events came in (seed %i)", async (seed) => {
    const next = random(seed);
    const scans = Array.from({ length: 400 }, (): Scan => ({
      time: START + Math.floor((next() * 30 * HOUR) / 60_000) * 60_000,
      depot: next() < 0.5 ? "north" : "south",
      minutes: next() < 0.1 ? null : Math.floor(next() * 600) / 7,
    }));
    await driver.input(events).send(...shuffled(scans, next).map(scan));
    for (let i = 0; i < 60; i++) {
      const time = START + Math.floor((next() * 32 * HOUR) / 60_000) * 60_000;
      const depot = next() < 0.5 ? "north" : "south";
      const { features } = await featuresAt(time, depot);
      expect([features[m], features[n], features[last]]).toEqual(naive(scans, time, depot));
    }
  });

  test("an event at the decision's own time is not seen, one a millisecond before is", async () => {
    await driver.input(events).send(scan({ time: START, depot: "north", minutes: 7 }));
    expect((await featuresAt(START)).features[n]).toBe(0);
    expect((await featuresAt(START + 1)).features[n]).toBe(1);
  });

  test("an event that comes later changes no decision that was made before it", async () => {
    await driver.input(events).send(scan({ time: START + 10, depot: "north", minutes: 7 }));
    const before = await featuresAt(START + 5);
    await driver.input(events).send(scan({ time: START + 20, depot: "north", minutes: 900 }));
    expect(await featuresAt(START + 5)).toEqual(before);
  });

  test("without the key the windows are missing, counts too", async () => {
    await driver.input(events).send(scan({ time: START, depot: "north", minutes: 7 }));
    await driver.input(decisionRequests).send({ key: "a", value: request("d", { weight: 5 }), time: START + 1 });
    expect(driver.output(enriched).read()!.value.features).toEqual([5, null, null, null, null, null]);
  });

  test("are the same on several partitions and after a restart", async () => {
    const scans = [1, 2, 3, 4].map((minutes) => ({ time: START + minutes, depot: "north", minutes }));
    const wide = await createTestDriver(topology, { deadLetters, partitions: 4 });
    await wide.input(blueprints).send(published());
    await wide.input(events).send(...scans.map((s, i) => ({ ...scan(s), key: `k${i}` })));
    await wide.restart();
    const value = request("d", { depot: "north" });
    await wide.input(decisionRequests).send({ key: "zoe", value, time: START + 100 });
    const { features } = wide.output(enriched).read()!.value;
    expect([features[m], features[n], features[last]]).toEqual(naive(scans, START + 100, "north"));
    await wide.close();
  });
});

describe("the blueprint", () => {
  test("in force is the newest that was live strictly before the request", async () => {
    const second = PARCELS.replace("risk > 0.5", "risk > 0.4");
    await driver.input(blueprints).send(published(second, START + 100));
    expect((await featuresAt(START + 100)).blueprintVersion).toBe(parcels.version);
    expect((await featuresAt(START + 101)).blueprintVersion).toBe(parseBlueprint(second).version);
    expect((await featuresAt(START + 50)).blueprintVersion).toBe(parcels.version);
  });

  test("that was withdrawn answers no more", async () => {
    const { key, value } = published();
    const activations = [...value.activations, { time: START + 100, live: false }];
    await driver.input(blueprints).send({ key, value: { ...value, activations } });
    expect((await featuresAt(START + 100)).error).toBeNull();
    expect(await featuresAt(START + 101)).toMatchObject({
      blueprintVersion: null,
      features: [],
      error: 'use case "parcels" has no live blueprint at this time: publish or activate one',
    });
  });

  test("that nobody published is an error that names those there are", async () => {
    expect((await featuresAt(START, "north", "parcel")).error).toBe('unknown use case "parcel": known are parcels');
  });
});

test("the request and its headers are passed on", async () => {
  const value = request("d", { weight: 5, other: "kept" });
  const headers = { kafka_replyTopic: Buffer.from("x") };
  await driver.input(decisionRequests).send({ key: "anna", value, time: START, headers });
  const record = driver.output(enriched).read()!;
  expect(record.value.request).toEqual(value);
  expect(record.headers).toEqual(headers);
});

test.each([
  ["a product sends is told", {}, { unreed: "unknown", weight: "unusable" }],
  [
    "history brings is kept for later versions, and not told again",
    { loopstream_source: Buffer.from("import") },
    { weight: "unusable" },
  ],
] as const)("an entry that is not declared and %s", async (_, headers, misfits) => {
  const value = request("d", { weight: "1,5", unreed: "kept" });
  await driver.input(decisionRequests).send({ key: "anna", value, time: START, headers });
  const made = driver.output(enriched).read()!.value;
  expect(made.request.context).toEqual(value.context);
  expect(made.misfits).toEqual(misfits);
});

describe("a version with new windows", () => {
  const scans = [1, 2, 3, 4, 5, 6].map((minutes) => ({ time: START + minutes * HOUR, depot: "north", minutes }));
  /** One more window over the events of another key, and one that looks further back. */
  const wider = PARCELS.replace("in: 24h, open: true", "in: 5d, open: true").replace(
    "features:\n",
    "features:\n  - n_carrier_2d: { count: true, of: scan, by: carrier, in: 2d }\n  - n_depot_9h: { count: true, of: scan, by: depot, in: 9h }\n",
  );

  test.each([
    ["while the loop runs", async () => undefined],
    ["while it stands still", () => driver.restart()],
  ])("counts the events from before it was published, %s", async (_, between) => {
    await driver.input(events).send(...scans.map(scan));
    await between();
    await driver.input(blueprints).send(published(wider, START + 7 * HOUR));
    await between();
    const names = parseBlueprint(wider).features.map(({ name }) => name);
    const found = await featuresAt(START + 7 * HOUR + 1);
    expect(found.features[names.indexOf("n_depot_9h")]).toBe(6);
    expect(found.features[names.indexOf("last_depot")]).toBe(6);
  });

  test("does not decide while they are being filled: its requests wait, whatever the others do", () => {
    const known = validBlueprints({
      get: () => undefined,
      values: () => [published().value, published(wider, START + 10).value],
      unreadable: new Map(),
      version: 1,
    });
    const ids = (text: string): string[] => compileBlueprint(text).groups.map(({ stateId }) => stateId);
    const fresh = ids(wider).filter((id) => !ids(PARCELS).includes(id));
    expect(fresh.length).toBeGreaterThan(0);
    const windows = { get: () => undefined, warming: new Set(fresh) };
    const asked = request("d", { weight: 5, depot: "north" });
    expect(enrichRequest(asked, START + 10, known, windows).blueprintVersion).toBe(parcels.version);
    expect(() => enrichRequest(asked, START + 11, known, windows)).toThrow(
      expect.objectContaining({
        code: "WARMING",
        flags: { retry: true, fence: false, fatal: false, ends: true, byHand: false },
        message: expect.stringMatching(
          /^blueprint parcels\/\w+ is live, and its windows of scan\/.+ are still being filled/,
        ),
      }),
    );
    windows.warming.clear();
    expect(enrichRequest(asked, START + 11, known, windows).error).toBeNull();
  });
});
