import { describe, expect, test } from "vitest";
import {
  contextFeatures,
  fillWindows,
  groupKey,
  insertEvent,
  parseBlueprint,
  tileExpiry,
  tileOf,
  tilesFor,
  windowGroups,
  type Tile,
  type WindowGroup,
} from "../../../blueprints/index.ts";
import { windowAggregates } from "../../../blueprints/windows/aggregates/index.ts";
import { tileWidth } from "../../../blueprints/windows/tile-width.ts";
import { edited, FLIGHTS, small } from "../fixtures.ts";

const HOUR = 3_600_000;
const [mean, count] = ["mean", "count"].map((name) => windowAggregates.get(name));

describe("the flights' windows", () => {
  const groups = windowGroups(parseBlueprint(FLIGHTS));

  test("share one group per event and by", () => {
    expect(groups.map(({ id, windows, fields }) => [id, windows.length, fields.map((field) => field.id)])).toEqual([
      ["departure/origin", 4, ["delay_min"]],
      ["departure/carrier+origin", 2, ["delay_min"]],
      ["arrival/dest", 2, ["delay_min"]],
      ["arrival/carrier", 2, ["delay_min"]],
      ["arrival/tailnum", 1, ["delay_min"]],
    ]);
  });

  test("know their slots in the vector, their tiles and how long these are needed", () => {
    expect(groups[0]).toEqual({
      id: "departure/origin",
      stateId: "departure/origin/15m/3h/delay_min",
      ...{ byUnit: false, place: "memory" },
      event: "departure",
      by: ["origin"],
      fields: [expect.objectContaining({ id: "delay_min" })],
      words: [],
      tileMs: 15 * 60_000,
      retentionMs: 3 * HOUR,
      windows: [
        {
          featureIndex: 21,
          aggregate: mean,
          fieldIndex: 0,
          windowMs: HOUR,
          open: false,
          parameterMs: null,
          ofCategory: false,
        },
        {
          featureIndex: 22,
          aggregate: count,
          fieldIndex: -1,
          windowMs: HOUR,
          open: false,
          parameterMs: null,
          ofCategory: false,
        },
        {
          featureIndex: 23,
          aggregate: mean,
          fieldIndex: 0,
          windowMs: 3 * HOUR,
          open: false,
          parameterMs: null,
          ofCategory: false,
        },
        {
          featureIndex: 24,
          aggregate: count,
          fieldIndex: -1,
          windowMs: 3 * HOUR,
          open: false,
          parameterMs: null,
          ofCategory: false,
        },
      ],
    });
  });
});

test("the order of by makes no other group", () => {
  const ids = windowGroups(small("[carrier, tailnum]", "[tailnum, carrier]")).map(({ stateId }) => stateId);
  expect(ids).toEqual(windowGroups(small()).map(({ stateId }) => stateId));
});

describe("a window by", () => {
  const grouped = (by: string) => windowGroups(small("[carrier, tailnum]", by))[0]!;

  test("none counts the events of all, whoever asks", () => {
    const group = grouped("none");
    expect(group).toMatchObject({ id: "arrival/", by: [] });
    expect(groupKey(group, {})).toBe("");
    expect(groupKey(group, { carrier: "UA" })).toBe("");
  });

  test("three keys has another key for each three values", () => {
    const three = parseBlueprint(
      edited(
        "[carrier, tailnum]",
        "[carrier, tailnum, origin]",
        edited("tailnum: key", "tailnum: key\n  origin: category"),
      ),
    );
    expect(windowGroups(three)[0]!.by).toEqual(["carrier", "origin", "tailnum"]);
    const values = ["x", "/", "%", "x/", "%2F"];
    const keys = values.flatMap((carrier) =>
      values.flatMap((origin) =>
        values.map((tailnum) => groupKey(windowGroups(three)[0]!, { carrier, origin, tailnum })),
      ),
    );
    expect(new Set(keys).size).toBe(values.length ** 3);
    expect(groupKey(windowGroups(three)[0]!, { carrier: "UA", origin: "EWR" })).toBe(null);
  });
});

test("windows that look further back have tiles of their own: those of the others go earlier", () => {
  const ids = (text: string): string[] => windowGroups(parseBlueprint(text)).map(({ stateId }) => stateId);
  const longer = FLIGHTS.replace(
    "m_dest_arr_6h: { mean: delay_min, of: arrival, by: dest, in: 6h }",
    "m_dest_arr_7h: { mean: delay_min, of: arrival, by: dest, in: 7h }",
  );
  expect(longer).not.toBe(FLIGHTS);
  expect(ids(longer).filter((id) => !ids(FLIGHTS).includes(id))).toEqual(["arrival/dest/30m/7h/delay_min"]);
});

test("a group that only counts keeps no fields", () => {
  const group = windowGroups(small()).find(({ id }) => id === "arrival/tailnum");
  expect(group).toMatchObject({ fields: [], stateId: "arrival/tailnum/2h/1d/" });
});

test.each([
  { what: "a window", byUnit: false, least: 8, most: 16 },
  { what: "a window by the unit", byUnit: true, least: 3, most: 6 },
])("$what of 8 s or more is cut into $least to $most tiles", ({ byUnit, least, most }) => {
  for (let windowMs = 8000; windowMs <= 366 * 24 * HOUR; windowMs = Math.ceil(windowMs * 1.01)) {
    const tiles = windowMs / tileWidth(windowMs, byUnit);
    expect(tiles).toBeGreaterThanOrEqual(least);
    expect(tiles).toBeLessThanOrEqual(most);
  }
  expect(tileWidth(1000, byUnit)).toBe(1000);
});

describe("a key", () => {
  const two = { by: ["a", "b"] };

  test("of one value is the value", () => {
    expect(groupKey({ by: ["a"] }, { a: "N1/2%" })).toBe("N1/2%");
  });

  test("of two values is different for different pairs", () => {
    const values = ["", "x", "/", "%", "%2F", "x/", "/x", "%25", "2F"].filter((value) => value !== "");
    const keys = values.flatMap((a) => values.map((b) => groupKey(two, { a, b })));
    expect(new Set(keys).size).toBe(values.length ** 2);
    expect(groupKey(two, { a: "UA", b: "EWR" })).toBe("UA/EWR");
  });

  test("is null when a value is missing, empty, inherited or of a type that names nothing", () => {
    for (const a of [undefined, null, "", Number.NaN, 2 ** 60, Infinity, {}])
      expect(groupKey(two, { a, b: "x" })).toBe(null);
    expect(groupKey({ by: ["toString"] }, {})).toBe(null);
  });

  test("of a whole number is the one of its digits", () => {
    expect(groupKey(two, { a: 12, b: "x" })).toBe(groupKey(two, { a: "12", b: "x" }));
  });
});

describe("windows of one decision", () => {
  const blueprint = parseBlueprint(FLIGHTS);
  const groups = windowGroups(blueprint);
  const origin = groups[0] as WindowGroup;
  const t = Date.UTC(2013, 0, 1, 12);

  test("are written into their slots, from the tiles that are asked for", () => {
    const tiles = new Map<number, Tile>();
    for (const [time, delay] of [
      [t - 3 * HOUR - 1, 500],
      [t - 3 * HOUR, 30],
      [t - HOUR, 10],
      [t - 1, 20],
      [t, 900],
    ] as const) {
      const start = tileOf(time, origin.tileMs);
      tiles.set(start, insertEvent(tiles.get(start) ?? null, time, [delay]));
    }
    const { first, last } = tilesFor(origin, t);
    const needed: (Tile | null)[] = [];
    for (let start = first; start <= last; start += origin.tileMs) needed.push(tiles.get(start) ?? null);
    const vector = contextFeatures(blueprint)({ origin: "JFK" });
    fillWindows(origin, needed, t, vector);
    expect(vector.slice(21, 25)).toEqual([15, 2, 20, 3]);
    expect(vector[17]).toBe("JFK");
    expect(vector.slice(25)).toEqual(Array.from({ length: 7 }, () => null));
  });

  test("are missing, counts too, when the key is unknown; a known key without events has counts of 0", () => {
    const vector = contextFeatures(blueprint)({});
    fillWindows(origin, null, t, vector);
    expect(vector.slice(21, 25)).toEqual([null, null, null, null]);
    fillWindows(origin, [], t, vector);
    expect(vector.slice(21, 25)).toEqual([null, 0, null, 0]);
  });

  test("need a tile until it has expired, and not after", () => {
    const start = tileOf(t, origin.tileMs);
    const expiry = tileExpiry(origin, start);
    expect(tilesFor(origin, expiry - 1).first).toBe(start);
    expect(tilesFor(origin, expiry).first).toBeGreaterThan(start);
  });
});
