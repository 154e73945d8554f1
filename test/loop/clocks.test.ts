import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { clock, decisionRequests, decisions, events, observations } from "../../schemas/index.ts";
import { audit, explainDecision } from "../../recompute/index.ts";
import { createMemoryEngine, LATEST_TIME } from "../../streams/index.ts";
import {
  publishBlueprint,
  replay,
  startSchedules,
  startTicker,
  trainingsWith,
  withdrawBlueprint,
} from "../../loop/index.ts";
import { Feed } from "../../loop/history/feed.ts";
import { observationRecord, requestRecord } from "../../loop/history/lines/records.ts";
import { compileBlueprint } from "../../blueprints/index.ts";
import { rowsTopic } from "../../rows/index.ts";
import { HOUR, noScorers, PARCELS, parcels, request } from "../operators/parcels.ts";
import { openLive, type LiveLoop } from "./live-loop.ts";
import { eventually } from "../eventually.ts";

const NOW = Date.UTC(2026, 5, 1);
const DAY = 24 * HOUR;
/** For machines that have much else to do. */
const PATIENCE = { timeout: 20_000 };
const YEAR_3000 = Date.UTC(3000, 0, 1);
const parcelRows = rowsTopic(compileBlueprint(PARCELS));

let live: LiveLoop;

beforeEach(async () => {
  live = await openLive(NOW);
  await publishBlueprint(live.loop, PARCELS);
  await live.loop.application.idle();
});
afterEach(() => live.close());

const decide = async (id: string, weight = 5): Promise<void> => {
  const context = { weight, depot: "north" };
  await live.client.getDecision("parcels", { decisionId: id, unit: id, context }, { time: live.now, timeout: 60_000 });
  await live.loop.application.idle();
};
const arrive = (id: string): Promise<unknown> => live.client.logObservations(id, { kind: "arrival", delay: 20 });
const rows = async (): Promise<readonly string[]> =>
  (await live.all(parcelRows)).map(({ value }) => `${String(value["decisionId"])} ${String(value["label"])}`).sort();
/** By decision: how many scans the window of the last hour held. */
const scansSeen = async (): Promise<Readonly<Record<string, unknown>>> => {
  const at = parcels.features.findIndex(({ name }) => name === "n_depot_1h");
  return Object.fromEntries((await live.all(decisions)).map(({ key, value }) => [key, value.features[at]]));
};

const ahead = [
  ["the year 3000", YEAR_3000],
  ["three hours ahead", NOW + 3 * HOUR],
  ["three days ahead", NOW + 3 * DAY],
] as const;

test.each(ahead)("one record of %s on each topic closes nobody's decisions and empties no window", async (_, time) => {
  await live.client.logEvent("scan", { depot: "north", minutes: 4 }, { time: NOW - 1_000 });
  await decide("before");
  const { publisher } = live.loop;
  await publisher.publish([
    { topic: clock, key: "clock", value: { time }, time, partition: 0 },
    { topic: observations, key: "stray", value: { decisionId: "stray", observationId: "", values: {} }, time },
    { topic: events, key: "north", value: { kind: "scan", attributes: { depot: "north", minutes: 1 } }, time },
    { topic: decisionRequests, key: "u", value: request("stray", { depot: "north" }), time },
  ]);
  await live.loop.application.idle();
  await decide("after");
  await live.restart();
  await decide("restarted");
  await live.restart({ wiped: true });
  await decide("wiped");
  expect(await rows()).toEqual([]);
  const one = { before: 1, after: 1, restarted: 1, wiped: 1 };
  expect(await scansSeen()).toEqual(one);
  const letters = (await live.letters()).filter(({ code }) => code === "AHEAD_OF_TIME");
  expect(new Set(letters.map(({ topic }) => topic))).toEqual(
    new Set(["clock", "observations", "events", "decision-requests"]),
  );
  for (const id of Object.keys(one)) await arrive(id);
  await live.tick(NOW + 3 * HOUR);
  expect(await rows()).toEqual(["after 1", "before 1", "restarted 1", "wiped 1"]);
});

test("the loop's own ticker, with the machine's clock three days ahead for half a second, closes no decision", async () => {
  const loop = await openLive();
  const ticker = startTicker(loop.loop, 20);
  try {
    await publishBlueprint(loop.loop, PARCELS);
    await loop.loop.application.idle();
    await loop.client.getDecision(
      "parcels",
      { decisionId: "d1", unit: "u", context: { weight: 5 } },
      { timeout: 900_000 },
    );
    const right = Date.now.bind(Date);
    const ticked = async (): Promise<void> => {
      const [before] = await loop.backbone.offsets([clock.name]);
      await eventually(async () => {
        const [after] = await loop.backbone.offsets([clock.name]);
        expect(after!.end).toBeGreaterThan(before!.end + 5);
      }, PATIENCE);
      await loop.loop.application.idle();
    };
    await ticked();
    vi.spyOn(Date, "now").mockImplementation(() => right() + 3 * DAY);
    await ticked();
    vi.restoreAllMocks();
    await ticked();
    // A decision that was closed would take it no more.
    await loop.client.logObservations("d1", { kind: "arrival", delay: 20 });
    await loop.loop.application.idle();
    expect(await loop.letters()).toEqual([]);
    expect(Math.abs((await loop.all(clock)).at(-1)!.value.time - Date.now())).toBeLessThan(10_000);
  } finally {
    vi.restoreAllMocks();
    await ticker.close();
    await loop.close();
  }
});

test("an import beside the loop closes no live decision, of its own use case neither, and gets the rows of its own time", async () => {
  await decide("live");
  const feed = await Feed.open(live.loop, {
    groupId: "import",
    source: "import-parcels",
    stepMs: HOUR,
    replies: false,
    now: () => live.now,
  });
  for (let hour = 0; hour < 24 * 3; hour++) {
    const time = NOW - 3 * DAY + hour * HOUR;
    const id = `h${String(hour).padStart(2, "0")}`;
    const outcomes = [observationRecord(parcels, id, { kind: "arrival", delay: 20 }, time + HOUR / 2)];
    const requests = [requestRecord(parcels, id, "u", { weight: 5, depot: "north" }, time)];
    await feed.publish({ until: time + HOUR, requests, outcomes });
    if (hour % 10 === 0) await live.tick(live.now + 1_000);
  }
  await feed.tick(NOW + parcels.join.ttlMs);
  await live.loop.application.idle();
  // The wait of the last two is not over.
  expect(await rows()).toEqual(Array.from({ length: 71 }, (_, hour) => `h${String(hour).padStart(2, "0")} 1`));
  await live.restart();
  await arrive("live");
  await live.tick(NOW + 2 * HOUR);
  await live.tick(NOW + 3 * HOUR);
  expect((await rows()).filter((row) => !row.startsWith("h"))).toEqual(["live 1"]);
  expect((await rows()).filter((row) => row.startsWith("h") && row.endsWith(" 1"))).toHaveLength(72);
  expect(await live.letters()).toEqual([]);
  await feed.close();
});

test("what was refused for its time stays refused once that time has come: in windows made anew, an audit and a replay", async () => {
  const time = NOW + 3 * HOUR;
  await live.client.logEvent("scan", { depot: "north", minutes: 4 }, { time: NOW - 1_000 });
  await decide("before");
  await live.loop.publisher.publish([
    { topic: events, key: "north", value: { kind: "scan", attributes: { depot: "north", minutes: 1 } }, time },
    { topic: decisionRequests, key: "stray", value: request("stray", { depot: "north" }), time },
  ]);
  await live.loop.application.idle();
  await live.tick(time + HOUR / 2);
  await decide("late");
  await live.restart({ wiped: true });
  await decide("wiped");
  const seen = { before: 1, late: 0, wiped: 0 };
  expect(await scansSeen()).toEqual(seen);

  const { backbone } = live;
  const { serdes } = live.loop;
  const source = { backbone, serdes, scorers: noScorers, salt: "salt" };
  const report = await audit(source, { share: 1, from: 0, to: LATEST_TIME });
  expect([report.sampled, report.recomputed, report.differing]).toEqual([3, 3, 0]);
  const explained = await explainDecision(source, "wiped");
  expect(explained?.equal).toBe(true);

  await live.tick(live.now + 1_000);
  const again = await replay({
    backbone,
    registry: backbone.registry,
    partitions: 2,
    commitIntervalMs: 0,
    salt: "salt",
    request: { useCase: "parcels" },
    dir: live.dir,
    engine: createMemoryEngine(),
    stepMs: HOUR,
    latenessMs: HOUR,
  });
  expect(again?.decisions).toBe(3);
  const side = (await backbone.topics()).find((name) => name.endsWith(`-${decisions.name}`))!;
  const made = await live.all({ ...decisions, name: side });
  const at = parcels.features.findIndex(({ name }) => name === "n_depot_1h");
  expect(Object.fromEntries(made.map(({ key, value }) => [key, value.features[at]]))).toEqual(seen);
});

test.each([Number.NaN, -1, 1.5, Number.POSITIVE_INFINITY])("a blueprint is live or off at no time %d", async (time) => {
  const changed = PARCELS.replace("wait: 2h", "wait: 3h");
  await expect(publishBlueprint(live.loop, changed, time)).rejects.toMatchObject({ code: "BAD_TIME" });
  const withdrawn = withdrawBlueprint(live.loop, "parcels", parcels.version, time);
  await expect(withdrawn).rejects.toMatchObject({ code: "BAD_TIME" });
});

test("a training is due, and a model is dated, by the log's time, whatever the machine's clock says for a moment", async () => {
  const loop = await openLive();
  const trainings = trainingsWith(loop.loop);
  const due = vi.spyOn(trainings, "due");
  const ticker = startTicker(loop.loop, 20);
  try {
    await publishBlueprint(loop.loop, PARCELS);
    await eventually(async () => expect((await loop.all(clock)).length).toBeGreaterThan(0), PATIENCE);
    await loop.loop.application.idle();
    const right = Date.now.bind(Date);
    vi.spyOn(Date, "now").mockImplementation(() => right() + 3 * DAY);
    const schedules = startSchedules({ ...loop.loop, trainings }, { onTrained: () => undefined, everyMs: 20 });
    await eventually(() => expect(due.mock.calls.length).toBeGreaterThan(2), PATIENCE);
    await schedules.close();
    for (const [, time] of due.mock.calls) expect(Math.abs(time - right())).toBeLessThan(10_000);
  } finally {
    vi.restoreAllMocks();
    await ticker.close();
    await loop.close();
  }
});
