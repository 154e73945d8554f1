import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { compileBlueprint, parseBlueprint } from "../../blueprints/index.ts";
import { eventWindows } from "../../operators/index.ts";
import { blueprints, decisions, events, instances, recordLimits, type InstanceReported } from "../../schemas/index.ts";
import {
  lackingEventsText,
  listVersions,
  publishBlueprint,
  startReports,
  storeBlueprint,
  withdrawBlueprint,
  type Lacking,
  type Running,
  type Warming,
} from "../../loop/index.ts";
import { HOUR, PARCELS, parcels } from "../operators/parcels.ts";
import { openLive, type LiveLoop } from "./live-loop.ts";
import { eventually } from "../eventually.ts";

const WIDER = PARCELS.replace(
  "features:\n",
  "features:\n  - n_depot_2d: { count: true, of: scan, by: depot, in: 2d }\n",
);
const wider = parseBlueprint(WIDER);
const brought = compileBlueprint(WIDER).groups.map(({ stateId }) => stateId);

let live: LiveLoop;
let reports: Running;
beforeEach(async () => {
  live = await openLive();
  reports = startReports(live.loop, 20);
  await publishBlueprint(live.loop, PARCELS);
  await live.loop.application.idle();
});
afterEach(async () => {
  await reports.close();
  await live.close();
});

const scan = (hoursAgo: number): Promise<void> =>
  live.loop.publisher.publish([
    {
      topic: events,
      key: "north",
      value: { kind: "scan", attributes: { depot: "north", minutes: 1 } },
      time: Date.now() - hoursAgo * HOUR,
    },
  ]);
const context = { weight: 5, carrier: "air", express: true, depot: "north" };
async function decide(): Promise<string> {
  const { decisionId } = await live.client.getDecision("parcels", { unit: "anna", context }, { default: false });
  return decisionId;
}
async function decided(id: string) {
  const [record] = (await live.all(decisions)).filter(({ value }) => value.decisionId === id);
  return record!.value;
}

/** Another instance, as far as it says. */
async function says(more: Partial<InstanceReported> & { readonly instance: string }): Promise<void> {
  const value = { running: true, blueprintsRead: 1_000, warming: [], eventsLeft: 0, modelsRead: 1_000, ...more };
  await live.loop.publisher.publish([{ topic: instances, key: more.instance, value, time: Date.now() }]);
}

describe("a version with new windows", () => {
  test("is live once the running loop has filled them, and counts the events from before from its first decision on", async () => {
    for (let i = 1; i <= 8; i++) await scan(i);
    const looks: Warming[] = [];
    const published = await publishBlueprint(live.loop, WIDER, undefined, { onWarming: (one) => looks.push(one) });
    expect(published).toMatchObject({
      unchanged: false,
      partial: [],
      warming: { instances: 1, ready: 1, eventsLeft: 0 },
    });
    expect(published.liveAfter).toBeLessThanOrEqual(Date.now());
    const made = await decided(await decide());
    expect(made.blueprintVersion).toBe(wider.version);
    expect(made.features[0]).toBe(8);
  });

  test("is not live while an instance is filling them: the version before answers", async () => {
    await says({ instance: "other", blueprintsRead: 0, eventsLeft: 7 });
    const looks: Warming[] = [];
    const publishing = publishBlueprint(live.loop, WIDER, undefined, { onWarming: (one) => looks.push(one) });
    await eventually(() => expect(looks.at(-1)).toEqual({ instances: 2, ready: 1, eventsLeft: 7 }));
    expect((await decided(await decide())).blueprintVersion).toBe(parcels.version);
    await says({ instance: "other", warming: brought, eventsLeft: 3 });
    await eventually(() => expect(looks.at(-1)).toEqual({ instances: 2, ready: 1, eventsLeft: 3 }));
    expect(
      (await listVersions(live.loop, Date.now())).map(({ version, state, until }) => [version, state, until]),
    ).toEqual([
      [parcels.version, "live", null],
      [wider.version, "warming", null],
    ]);
    await says({ instance: "other" });
    expect((await publishing).warming).toEqual({ instances: 2, ready: 2, eventsLeft: 0 });
    expect((await decided(await decide())).blueprintVersion).toBe(wider.version);
  });

  test("does not wait for an instance that has stopped", async () => {
    await says({ instance: "other", warming: brought });
    const publishing = publishBlueprint(live.loop, WIDER);
    await says({ instance: "other", warming: brought, running: false });
    expect((await publishing).warming).toEqual({ instances: 1, ready: 1, eventsLeft: 0 });
  });

  test("whose publishing was stopped is there and not live; the same again goes on", async () => {
    await says({ instance: "other", warming: brought });
    const stop = new AbortController();
    const looks: Warming[] = [];
    const publishing = publishBlueprint(live.loop, WIDER, undefined, {
      signal: stop.signal,
      onWarming: (one) => looks.push(one),
    });
    await eventually(() => expect(looks.length).toBeGreaterThan(0));
    stop.abort();
    await expect(publishing).rejects.toThrow();
    await says({ instance: "other", running: false });
    expect((await listVersions(live.loop, Date.now())).at(-1)).toMatchObject({
      version: wider.version,
      state: "notLive",
    });
    await publishBlueprint(live.loop, WIDER);
    expect(
      (await live.all(blueprints)).filter(({ value }) => value.version === wider.version).at(-1)!.value.activations,
    ).toHaveLength(1);
    expect((await decided(await decide())).blueprintVersion).toBe(wider.version);
  });

  test("at once is live before they are filled, and says what is missing", async () => {
    await says({ instance: "other", warming: brought, eventsLeft: 7 });
    const published = await publishBlueprint(live.loop, WIDER, undefined, { atOnce: true });
    expect(published.warming).toEqual({ instances: 2, ready: 1, eventsLeft: 7 });
    await live.loop.application.idle();
    expect((await decided(await decide())).blueprintVersion).toBe(wider.version);
  });

  test("from a time in the past is live from then, once they are filled; from one in the future it waits for nobody", async () => {
    const before = Date.now() - HOUR;
    expect(await publishBlueprint(live.loop, WIDER, before)).toMatchObject({
      liveAfter: before,
      warming: { instances: 1, ready: 1 },
    });
    await says({ instance: "other", warming: brought, eventsLeft: 7 });
    const later = Date.now() + HOUR;
    const another = WIDER.replace("in: 2d", "in: 3d");
    expect(await publishBlueprint(live.loop, another, later)).toMatchObject({
      liveAfter: later,
      warming: { instances: 2 },
    });
    const listed = await listVersions(live.loop, Date.now());
    expect(listed.map(({ state, since, until }) => [state, since, until])).toEqual([
      ["replaced", 0, before],
      ["live", before, later],
      ["later", later, null],
    ]);
  });

  test("with no loop that reports is live at once", async () => {
    await reports.close();
    expect(await publishBlueprint(live.loop, WIDER)).toMatchObject({
      warming: { instances: 0, ready: 0, eventsLeft: 0 },
    });
    reports = startReports(live.loop, 20);
  });
});

test("a version without new windows asks nobody", async () => {
  await says({ instance: "other", warming: brought, blueprintsRead: 0 });
  const cheaper = PARCELS.replace("risk > 0.5", "risk > 0.4");
  expect(await publishBlueprint(live.loop, cheaper)).toMatchObject({ warming: null, partial: [] });
});

test("windows that look back on events which are gone are told, with the time from which they are whole", async () => {
  const hour = Math.floor(Date.now() / HOUR) * HOUR;
  const { backbone } = live;
  const { serdes } = live.loop;
  const cut = {
    backbone: new Proxy(backbone, {
      get(of, name) {
        if (name !== "offsets") {
          const value: unknown = Reflect.get(of, name);
          return typeof value === "function" ? value.bind(of) : value;
        }
        return async (topics: readonly string[]) =>
          (await of.offsets(topics)).map((at) => (at.topic === events.name && at.end > 0 ? { ...at, start: 1 } : at));
      },
    }),
    serdes,
    publisher: live.loop.publisher,
  };
  for (const hoursAgo of [20, 5, 2]) {
    const value = { kind: "scan", attributes: { depot: "north", minutes: 1 } };
    await live.loop.publisher.publish([
      { topic: events, key: "north", value, time: hour - hoursAgo * HOUR, partition: 0 },
    ]);
  }
  await live.loop.application.idle();
  const retainedFrom = hour - 5 * HOUR;
  const partial = [
    { feature: "n_depot_2d", retainedFrom, wholeFrom: retainedFrom + 48 * HOUR },
    { feature: "last_depot", retainedFrom, wholeFrom: retainedFrom + 24 * HOUR },
  ];
  expect((await storeBlueprint(cut, WIDER)).partial).toEqual(partial);
  expect((await publishBlueprint(cut, WIDER)).partial).toEqual(partial);
});

const BY_CARRIER = PARCELS.replace(
  "features:\n",
  [
    "features:",
    "  - n_carrier_2d: { count: true, of: scan, by: carrier, in: 2d }",
    "  - late_depot_2d: { sum: lateness, of: scan, by: depot, in: 2d }",
    "",
  ].join("\n"),
).replace("fields: [minutes]", "fields: [minutes, lateness]");

test("a window by a key, or over a field, that no retained event carries is told before the version is live", async () => {
  for (const hoursAgo of [3, 2, 1]) await scan(hoursAgo);
  const lacking = [
    { features: ["n_carrier_2d"], what: "carrier", kind: "scan", events: 3 },
    { features: ["late_depot_2d"], what: "a number in lateness", kind: "scan", events: 3 },
  ];
  const byName = (all: readonly Lacking[]) => [...all].sort((a, b) => (whatOf(a) > whatOf(b) ? -1 : 1));
  const stored = await storeBlueprint(live.loop, BY_CARRIER);
  expect(byName(stored.lacking)).toEqual(lacking);
  const told: unknown[] = [];
  let looking: Promise<readonly string[]> | undefined;
  const published = await publishBlueprint(live.loop, BY_CARRIER, undefined, {
    onLacking(all) {
      told.push(byName(all));
      looking = listVersions(live.loop, Date.now()).then((versions) =>
        versions.filter(({ state }) => state === "live").map(({ version }) => version),
      );
    },
  });
  expect([told, byName(published.lacking)]).toEqual([[lacking], lacking]);
  expect(await looking).toEqual([parcels.version]);
  expect(lackingEventsText(lacking[0]!)).toMatch(
    /^n_carrier_2d: none of the 3 events of kind scan .* carries carrier; /,
  );
});

test("one that an event carries is not told, nor one without any event; of a history of long ago all events count", async () => {
  expect((await storeBlueprint(live.loop, BY_CARRIER)).lacking).toEqual([]);
  const at = (time: number, attributes: Record<string, unknown>): Promise<void> =>
    live.loop.publisher.publish([{ topic: events, key: "k", value: { kind: "scan", attributes } as never, time }]);
  await at(Date.UTC(2013, 0, 1), { depot: "north", minutes: 1 });
  expect((await storeBlueprint(live.loop, BY_CARRIER)).lacking.map(whatOf).sort()).toEqual([
    "a number in lateness",
    "carrier",
  ]);
  await at(Date.UTC(2013, 0, 2), { depot: "north", minutes: 1, carrier: "air", lateness: 3 });
  expect((await storeBlueprint(live.loop, BY_CARRIER)).lacking).toEqual([]);
  await at(Date.now() - HOUR, { depot: "north", minutes: 1, lateness: 3 });
  expect((await storeBlueprint(live.loop, BY_CARRIER)).lacking.map(whatOf)).toEqual(["carrier"]);
});

test("versions are listed with since when and until when they are live, or were", async () => {
  const second = PARCELS.replace("risk > 0.5", "risk > 0.4");
  const third = PARCELS.replace("risk > 0.5", "risk > 0.3");
  const at = Date.now() - 10 * HOUR;
  await publishBlueprint(live.loop, second, at);
  const { version } = await publishBlueprint(live.loop, third, at + HOUR);
  await withdrawBlueprint(live.loop, "parcels", version, at + 2 * HOUR);
  const stored = await storeBlueprint(live.loop, WIDER);
  expect(
    (await listVersions(live.loop, Date.now())).map((one) => [one.version, one.state, one.since, one.until]),
  ).toEqual([
    [parcels.version, "replaced", 0, at],
    [parseBlueprint(second).version, "replaced", at, at + HOUR],
    [version, "withdrawn", at + HOUR, at + 2 * HOUR],
    [stored.version, "notLive", null, null],
  ]);
});

test("an instance says what it has read and what it has still to fill, and that it has stopped", async () => {
  await scan(1);
  const said = async (): Promise<InstanceReported> => (await live.all(instances)).at(-1)!.value;
  await eventually(async () => expect((await said()).blueprintsRead).toBe(1));
  expect(await said()).toEqual({
    ...{ instance: live.loop.instanceId, running: true, blueprintsRead: 1, warming: [], eventsLeft: 0, modelsRead: 0 },
  });
  expect(live.loop.application.global(eventWindows).warming.size).toBe(0);
  await reports.close();
  expect((await said()).running).toBe(false);
  expect(recordLimits.instanceSilenceMs).toBeGreaterThan(2_000);
});

function whatOf(one: Lacking): string {
  return "what" in one ? one.what : one.field;
}
