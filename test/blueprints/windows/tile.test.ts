import { describe, expect, test } from "vitest";
import { insertEvent, tileNumbers, tileOf, type Tile } from "../../../blueprints/index.ts";
import { random, shuffled } from "../random.ts";

type Event = readonly [time: number, ...values: (number | null)[]];

function tileFrom(events: readonly Event[]): Tile {
  let tile: Tile | null = null;
  for (const [time, ...values] of events) tile = insertEvent(tile, time, values);
  return tile as Tile;
}

describe("a tile's bytes", () => {
  test("are the same for every order of arrival, ties, missing values and zeros of both signs included", () => {
    for (let seed = 0; seed < 30; seed++) {
      const next = random(seed);
      const events = Array.from({ length: 60 }, (): Event => {
        const value = (): number | null => {
          const kind = Math.floor(next() * 6);
          return kind === 0 ? null : kind === 1 ? Number.NaN : kind === 2 ? -0 : kind === 3 ? 0 : next() - 0.5;
        };
        return [1000 + Math.floor(next() * 12), value(), value()];
      });
      const expected = Buffer.from(tileFrom(events)).toString("hex");
      for (let i = 0; i < 5; i++) {
        expect(Buffer.from(tileFrom(shuffled(events, next))).toString("hex")).toBe(expected);
      }
    }
  });

  test("are sorted by time, then by the values from left to right, missing last", () => {
    const tile = tileFrom([
      [5, 1, 9],
      [5, null, 0],
      [4, 8, 8],
      [5, 1, 2],
      [5, -3, 7],
    ]);
    expect([...tileNumbers(tile, 2)]).toEqual([4, 8, 8, 5, -3, 7, 5, 1, 2, 5, 1, 9, 5, Number.NaN, 0]);
  });

  test("are little-endian doubles: time and then the fields", () => {
    const tile = insertEvent(null, 1_357_000_000_000, [12.5]);
    const view = new DataView(tile.buffer, tile.byteOffset, tile.byteLength);
    expect(tile.byteLength).toBe(16);
    expect(view.getFloat64(0, true)).toBe(1_357_000_000_000);
    expect(view.getFloat64(8, true)).toBe(12.5);
  });
});

test("equal events are all kept", () => {
  const tile = tileFrom([
    [1, 2],
    [1, 2],
    [1, 2],
  ]);
  expect(tile.byteLength).toBe(3 * 16);
});

test("an event leaves the tile it was added to as it was", () => {
  const before = tileFrom([[1, 2]]);
  const copy = Uint8Array.from(before);
  insertEvent(before, 0, [7]);
  expect(before).toEqual(copy);
});

test("a tile is read at any alignment, as it may come out of a store's buffer", () => {
  const tile = tileFrom([
    [3, 30],
    [1, 10],
  ]);
  const shifted = new Uint8Array(tile.byteLength + 3);
  shifted.set(tile, 3);
  const unaligned = shifted.subarray(3);
  expect([...tileNumbers(unaligned, 1)]).toEqual([1, 10, 3, 30]);
  expect(insertEvent(unaligned, 2, [20])).toEqual(insertEvent(tile, 2, [20]));
});

test("a tile of another number of fields is refused", () => {
  const tile = tileFrom([[1, 2]]);
  expect(() => insertEvent(tile, 1, [1, 2])).toThrow(/written by another blueprint/);
});

test("a time that is no whole number of milliseconds is refused", () => {
  expect(() => insertEvent(null, 1.5, [])).toThrow(/whole milliseconds, found 1.5/);
  expect(() => insertEvent(null, Number.NaN, [])).toThrow(/whole milliseconds/);
});

test("a time belongs to the tile that starts at or before it, also before 1970", () => {
  expect(tileOf(899_999, 900_000)).toBe(0);
  expect(tileOf(900_000, 900_000)).toBe(900_000);
  expect(tileOf(-1, 900_000)).toBe(-900_000);
});
