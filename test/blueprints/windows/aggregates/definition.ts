import { describe, expect, test } from "vitest";
import {
  addToTile,
  aggregate,
  aggregateTrees,
  insertEvent,
  tileOf,
  tilePlace,
  type PlacedTile,
  type Tile,
} from "../../../../blueprints/index.ts";
import { random, shuffled } from "../../random.ts";

/** An event with the value of the field that is asked for; null: missing. */
export interface ValuedEvent {
  readonly time: number;
  readonly value: number | null;
}

export interface DefinedWindow {
  readonly to: number;
  readonly windowMs: number;
  readonly parameterMs: number | null;
}

/** An aggregate in words of its own: of the events in the window, in the order of tiles. */
export type Definition = (events: readonly ValuedEvent[], window: DefinedWindow) => number | null;

type Event = readonly [time: number, ...values: (number | null)[]];
type Values = "few" | "whole" | "decimal" | "huge";

function valueOf(kind: Values, next: () => number): number | null {
  if (next() < 0.15) return null;
  if (kind === "few") return Math.floor(next() * 4) - 1;
  if (kind === "whole") return Math.floor((next() - 0.4) * 500);
  return kind === "decimal" ? Math.round((next() - 0.3) * 10_000) / 100 : Math.floor((next() - 0.5) * 2 ** 52);
}

/** Times with many ties. */
const eventsOf = (kind: Values, count: number, span: number, next: () => number): readonly Event[] =>
  Array.from({ length: count }, (): Event => [
    next() < 0.2 ? Math.floor(next() * 5) * Math.floor(span / 5) : Math.floor(next() * span),
    valueOf(kind, next),
    valueOf(kind, next),
  ]);

const rank = (value: number | null): number => value ?? Number.POSITIVE_INFINITY;
const inOrder = (a: Event, b: Event): number => {
  const at = a.findIndex((value, i) => value !== b[i]);
  return at < 0 ? 0 : rank(a[at]!) < rank(b[at]!) ? -1 : 1;
};

const FIELDS = 2;

function* windowsOver(span: number, count: number, next: () => number) {
  for (let i = 0; i < count; i++) {
    const to = Math.floor(next() * span * 1.1);
    yield { from: to - Math.floor(next() * span * 0.7), to, open: i % 2 === 0, field: i % FIELDS };
  }
}

function defined(
  definition: Definition,
  sorted: readonly Event[],
  { from, to, open, field }: { from: number; to: number; open: boolean; field: number },
  parameterMs: number | null,
): number | null {
  const inside = sorted.filter(([time]) => (open ? time > from : time >= from) && time < to);
  const events = inside.map(([time, ...values]) => ({ time, value: values[field]! }));
  return definition(events, { to, windowMs: to - from, parameterMs });
}

/** Tests that an aggregate gives the bits of its definition. */
export function holdsDefinition(name: string, definition: Definition, parameterMs: number | null = null): void {
  describe.each(["few", "whole", "decimal", "huge"] as const)(`${name} of %s values`, (kind) => {
    test("is what its definition says, for any arrival order, tile width and window", () => {
      const next = random(kind.length);
      for (let round = 0; round < 6; round++) {
        const events = eventsOf(kind, 150, 500, next);
        const sorted = [...events].sort(inOrder);
        for (const tileMs of [7, 50, 1000]) {
          const tiles = new Map<number, Tile>();
          for (const [time, ...values] of shuffled(events, next)) {
            const start = tileOf(time, tileMs);
            tiles.set(start, insertEvent(tiles.get(start) ?? null, time, values));
          }
          const inTime = [...tiles].sort(([a], [b]) => a - b).map(([, tile]) => tile);
          for (const window of windowsOver(500, 20, next)) {
            const found = aggregate(inTime, window, window.field, name, FIELDS, parameterMs);
            expect(found).toBe(defined(definition, sorted, window, parameterMs));
          }
        }
      }
    });

    test("is the same where a tile is a tree", () => {
      const next = random(kind.length + 10);
      const width = 3_600_000;
      const events = eventsOf(kind, 7_000, width, next);
      const sorted = [...events].sort(inOrder);
      const content = new Map<string, Tile>();
      const parts = {
        get: (path: string) => content.get(path),
        put: (path: string, tile: Tile) => void content.set(path, tile),
        delete: (path: string) => void content.delete(path),
      };
      const place = tilePlace(0, width);
      const placed = (): PlacedTile[] => [{ tile: content.get("")!, place, parts }];
      const shuffledEvents = shuffled(events, next);
      const late = shuffledEvents.splice(0, 20);
      const add = ([time, ...values]: Event): boolean =>
        addToTile(parts, place, time, values, Number.POSITIVE_INFINITY);
      for (const event of shuffledEvents) add(event);
      expect(content.size).toBeGreaterThan(3);
      // What was kept for the parts must not outlive a new event.
      for (const window of windowsOver(width, 20, next))
        aggregateTrees(placed(), window, window.field, name, FIELDS, parameterMs);
      for (const event of late) add(event);
      for (const window of windowsOver(width, 40, next)) {
        const found = aggregateTrees(placed(), window, window.field, name, FIELDS, parameterMs);
        expect(found).toBe(defined(definition, sorted, window, parameterMs));
      }
    });
  });
}

/** The values that are there, in the order of the events. */
export const valuesOf = (events: readonly ValuedEvent[]): readonly number[] =>
  events.flatMap(({ value }) => (value === null ? [] : [value]));
