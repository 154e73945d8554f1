import { describe, expect, test } from "vitest";
import { aggregate, insertEvent, tileOf, type Tile } from "../../../blueprints/index.ts";
import { random, shuffled } from "../random.ts";

interface Event {
  readonly time: number;
  readonly values: readonly (number | null)[];
}

const KINDS: readonly string[] = ["count", "sum", "mean", "last"];

function tilesOf(events: readonly Event[], tileMs: number): (Tile | null)[] {
  const tiles = new Map<number, Tile>();
  for (const { time, values } of events) {
    const start = tileOf(time, tileMs);
    tiles.set(start, insertEvent(tiles.get(start) ?? null, time, values));
  }
  const starts = [...tiles.keys()];
  const all: (Tile | null)[] = [];
  for (let start = Math.min(...starts); start <= Math.max(...starts); start += tileMs) {
    all.push(tiles.get(start) ?? null);
  }
  return all;
}

/** The definition, straight from the events. */
function naive(
  events: readonly Event[],
  inside: (time: number) => boolean,
  field: number,
  kind: string,
): number | null {
  const rank = (value: number | null): number => value ?? Number.POSITIVE_INFINITY;
  const sorted = events
    .filter(({ time }) => inside(time))
    .sort((a, b) => {
      if (a.time !== b.time) return a.time - b.time;
      const at = a.values.findIndex((value, i) => value !== b.values[i]);
      return at < 0 ? 0 : rank(a.values[at] ?? null) < rank(b.values[at] ?? null) ? -1 : 1;
    });
  if (kind === "count") return sorted.length;
  const values = sorted.map(({ values }) => values[field] ?? null).filter((value) => value !== null);
  if (values.length === 0) return null;
  if (kind === "last") {
    const { time } = sorted.findLast(({ values }) => values[field] !== null)!;
    return Math.max(...sorted.filter((event) => event.time === time).map(({ values }) => values[field] ?? -Infinity));
  }
  const sum = values.reduce((total, value) => total + value, 0);
  return kind === "sum" ? sum : sum / values.length;
}

test("tiles give the same bits as the definition, for any arrival order, tile width and window", () => {
  let checked = 0;
  for (let seed = 1; seed <= 25; seed++) {
    const next = random(seed);
    const events = Array.from({ length: 200 }, (): Event => {
      const value = (): number | null => (next() < 0.2 ? null : next() * 1000 - 300);
      return { time: Math.floor(next() * 500), values: [value(), value()] };
    });
    for (const tileMs of [7, 50, 1000]) {
      const tiles = tilesOf(shuffled(events, next), tileMs);
      for (let i = 0; i < 12; i++) {
        const to = Math.floor(next() * 600);
        const from = to - Math.floor(next() * 300);
        for (const open of [false, true]) {
          for (const kind of KINDS) {
            const inside = (time: number): boolean => (open ? time > from : time >= from) && time < to;
            const field = i % 2;
            expect(aggregate(tiles, { from, to, open }, field, kind, 2)).toBe(naive(events, inside, field, kind));
            checked++;
          }
        }
      }
    }
  }
  expect(checked).toBe(25 * 3 * 12 * 2 * 4);
});

describe("at the ends of a window of 100 before t = 1000", () => {
  const values = new Map([
    [899, 1],
    [900, 10],
    [999, 100],
    [1000, 1000],
  ]);
  const events = [...values].map(([time, value]): Event => ({ time, values: [value] }));
  for (const tileMs of [1, 100, 450, 10_000]) {
    const tiles = tilesOf(events, tileMs);
    test(`an event at t − W counts, one at t does not (tiles of ${tileMs} ms)`, () => {
      expect(aggregate(tiles, { from: 900, to: 1000, open: false }, 0, "sum", 1)).toBe(110);
      expect(aggregate(tiles, { from: 900, to: 1000, open: false }, -1, "count", 1)).toBe(2);
    });
    test(`an event at t − W does not count when the window is open (tiles of ${tileMs} ms)`, () => {
      expect(aggregate(tiles, { from: 900, to: 1000, open: true }, 0, "sum", 1)).toBe(100);
      expect(aggregate(tiles, { from: 900, to: 1000, open: true }, -1, "count", 1)).toBe(1);
    });
  }
});

test("of nothing there are 0, and no sum, mean or last", () => {
  for (const tiles of [[], [null], [insertEvent(null, 5, [1])]]) {
    const range = { from: 10, to: 20, open: false };
    expect(KINDS.map((kind) => aggregate(tiles, range, 0, kind, 1))).toEqual([0, null, null, null]);
  }
});

test("an event without a value counts, but has no part in sum, mean and last", () => {
  const tiles = tilesOf(
    [
      { time: 1, values: [4] },
      { time: 2, values: [8] },
      { time: 3, values: [null] },
    ],
    10,
  );
  const range = { from: 0, to: 10, open: false };
  expect(KINDS.map((kind) => aggregate(tiles, range, 0, kind, 1))).toEqual([3, 12, 6, 8]);
});

test("events without fields can be counted", () => {
  const tile = insertEvent(insertEvent(null, 1, []), 2, []);
  expect(aggregate([tile], { from: 2, to: 10, open: false }, -1, "count", 0)).toBe(1);
});

test("a field that events don't have is refused", () => {
  expect(() => aggregate([], { from: 0, to: 1, open: false }, 1, "sum", 1)).toThrow(/field 1 of events with 1 fields/);
});
