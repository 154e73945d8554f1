import { describe, expect, test } from "vitest";
import {
  addToTile,
  aggregate,
  aggregateTrees,
  insertEvent,
  LEAF_EVENTS,
  tilePlace,
  type Tile,
  type TileParts,
} from "../../../blueprints/index.ts";
import { random, shuffled } from "../random.ts";

type Event = readonly [time: number, ...values: (number | null)[]];

const START = 1_700_000_000_000;
const DAY = 86_400_000;
const WIDTH = 7 * DAY;
const place = tilePlace(START, WIDTH);
const KINDS = ["count", "sum", "mean", "last"] as const;

/** The parts of one tile, with the bytes of memory that were made for them. */
function newParts() {
  const content = new Map<string, Tile>();
  const made = { bytes: 0 };
  const parts: TileParts = {
    get: (path) => content.get(path),
    put(path, tile) {
      if (content.get(path)?.buffer !== tile.buffer) made.bytes += tile.buffer.byteLength;
      content.set(path, tile);
    },
    delete: (path) => void content.delete(path),
  };
  return { content, parts, made };
}

function treeOf(events: readonly Event[], most = Number.POSITIVE_INFINITY) {
  const made = newParts();
  for (const [time, ...values] of events) addToTile(made.parts, place, time, values, most);
  return made;
}

const dump = (content: ReadonlyMap<string, Tile>): readonly string[] =>
  [...content].map(([path, tile]) => `${path}: ${Buffer.from(tile).toString("base64")}`).sort();

type Kind = "few" | "whole" | "decimal" | "huge" | "mixed";
function value(kind: Kind, next: () => number): number | null {
  if (kind === "few") return next() < 0.9 ? 1 : 2;
  if (next() < 0.05) return next() < 0.5 ? null : Number.NaN;
  if (kind === "whole") return Math.floor((next() - 0.5) * 2_000);
  if (kind === "decimal") return Math.round((next() - 0.3) * 10_000) / 100;
  if (kind === "huge") return Math.floor((next() - 0.5) * 2 ** 52);
  return next() < 0.5 ? next() * 1e300 : Math.floor(next() * 9) / 8;
}

/** Spread over the tile, and bunches of one hour, one second and one millisecond. */
function eventsOf(kind: Kind, count: number, fields: number, next: () => number): readonly Event[] {
  return Array.from({ length: count }, (): Event => {
    const where = next();
    const time =
      where < 0.3
        ? START + Math.floor(next() * WIDTH)
        : where < 0.6
          ? START + 2 * DAY + Math.floor(next() * 3_600_000)
          : where < 0.7
            ? START + 3 * DAY + Math.floor(next() * 1_000)
            : START + 4 * DAY;
    return [time, ...Array.from({ length: fields }, () => value(kind, next))];
  });
}

/** Ends of ranges: of days, of the bunches, of single events, and beyond the tile. */
const edges = (events: readonly Event[], next: () => number): readonly number[] => [
  START - 1_000,
  START,
  START + 2 * DAY,
  START + 4 * DAY,
  START + 4 * DAY + 1,
  START + WIDTH + 5,
  ...Array.from({ length: 12 }, () => events[Math.floor(next() * events.length)]![0] + Math.floor(next() * 2)),
];

describe.each([
  ["whole", 1],
  ["decimal", 2],
  ["huge", 1],
  ["mixed", 2],
  ["few", 1],
  ["whole", 0],
] as const)("a tile of thousands of events with %s values in %i fields", (kind, fields) => {
  const next = random(fields * 10 + kind.length);
  const events = eventsOf(kind, kind === "few" || fields === 0 ? 9_000 : 4_000, fields, next);
  const tree = treeOf(events);

  test("has the same parts for every order of arrival", () => {
    expect(tree.content.size).toBeGreaterThan(10);
    const expected = dump(tree.content);
    const byTime = [...events].sort((a, b) => a[0] - b[0]);
    for (const order of [byTime, byTime.toReversed(), shuffled(events, next)]) {
      expect(dump(treeOf(order).content)).toEqual(expected);
    }
  });

  test("that was kept whole before becomes the same parts with its next event", () => {
    const [last, ...others] = shuffled(events, next);
    let whole: Tile | null = null;
    for (const [time, ...values] of others) whole = insertEvent(whole, time, values);
    const { content, parts } = newParts();
    content.set("", whole!);
    const [time, ...values] = last!;
    addToTile(parts, place, time, values, Number.POSITIVE_INFINITY);
    expect(dump(content)).toEqual(dump(tree.content));
  });

  test("gives the same bits as the events one after the other, for any range, kind and field", () => {
    let whole: Tile | null = null;
    for (const [time, ...values] of events) whole = insertEvent(whole, time, values);
    const placed = [{ tile: tree.content.get("")!, place, parts: tree.parts }];
    const ends = edges(events, next);
    for (const from of ends) {
      for (const to of ends) {
        for (const field of fields === 0 ? [-1] : Array.from({ length: fields }, (_, i) => i)) {
          for (const aggregateKind of fields === 0 ? (["count"] as const) : KINDS) {
            const range = { from, to, open: (from + to) % 2 === 0 };
            const expected = aggregate([whole], range, field, aggregateKind, fields);
            expect(aggregateTrees(placed, range, field, aggregateKind, fields)).toBe(expected);
          }
        }
      }
    }
  });

  test("with room for fewer keeps those that sort first, in the parts that they alone would have, whatever the order", () => {
    let whole: Tile | null = null;
    for (const [time, ...values] of events) whole = insertEvent(whole, time, values);
    for (const most of [700, LEAF_EVENTS + 1, 3_000, events.length - 3]) {
      const numbers = new Float64Array(whole!.buffer, 0, most * (1 + fields));
      const first = Array.from({ length: most }, (_, i): Event => {
        const [time, ...values] = numbers.subarray(i * (1 + fields), (i + 1) * (1 + fields));
        return [time!, ...values];
      });
      const expected = dump(treeOf(first).content);
      const byTime = [...events].sort((a, b) => a[0] - b[0]);
      for (const order of [byTime.toReversed(), shuffled(events, next)]) {
        expect(dump(treeOf(order, most).content)).toEqual(expected);
      }
    }
  });
});

test.each([
  ["in the order of their times", (i: number) => START + i * 5, (i: number) => i / 7, 99_999],
  ["in the reverse order", (i: number) => START + WIDTH - 1 - i * 5, (i: number) => i / 7, 0],
  ["of one millisecond", () => START, (i: number) => ((i * 7_919) % 100_000) / 7, 82_321],
  ["that are all the same", () => START, () => 1, 0],
])("100,000 events %s cost a few small copies each", (_, time, number, last) => {
  const { parts, content, made } = newParts();
  for (let i = 0; i < 100_000; i++) addToTile(parts, place, time(i), [number(i)], Number.POSITIVE_INFINITY);
  expect(made.bytes / 100_000).toBeLessThan(20_000);
  const placed = [{ tile: content.get("")!, place, parts }];
  const range = { from: START, to: START + WIDTH, open: false };
  expect(aggregateTrees(placed, range, -1, "count", 1)).toBe(100_000);
  expect(aggregateTrees(placed, range, 0, "last", 1)).toBe(number(last));
});

test("a part that is missing is never taken for an empty one", () => {
  const next = random(3);
  const { content, parts } = treeOf(eventsOf("decimal", 3_000, 1, next));
  const tile = content.get("")!;
  for (const path of content.keys()) if (path !== "") content.delete(path);
  const range = { from: START + 5, to: START + WIDTH, open: false };
  expect(() => aggregateTrees([{ tile, place, parts }], range, 0, "sum", 1)).toThrow(/part ".+" of a tile is missing/);
});
