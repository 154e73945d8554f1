import { describe, expect, test } from "vitest";
import {
  addToTile,
  compareBlueprints,
  fillFromTrees,
  fillWindows,
  insertEvent,
  parseBlueprint,
  windowGroups,
  type FeatureVector,
  type Tile,
} from "../../../blueprints/index.ts";
import { edited, problemsOf } from "../fixtures.ts";
import { random } from "../random.ts";

const HOUR = 3_600_000;
const AGGREGATES = ["count: true", "since: true", "rate: true", "sum: delay_min", "min: delay_min", "last: delay_min"];
const WINDOW = "n_arr: { count: true, of: arrival, by: tailnum, in: 24h, open: true }";
const withWindows = (...lines: readonly string[]): string =>
  edited(
    `  - ${WINDOW}\n`,
    lines.map((line, at) => `  - f${at}: { ${line}, of: arrival, by: tailnum, in: 24h }\n`).join(""),
  );
const groupOf = (text: string) => windowGroups(parseBlueprint(text)).find(({ id }) => id === "arrival/tailnum")!;

describe("a window with a condition", () => {
  const filtered = groupOf(
    withWindows(...AGGREGATES.map((line) => `${line}, when: delay_min > 15 and gate != 3`)).replace(
      "[delay_min]",
      "[delay_min, gate]",
    ),
  );
  const plain = groupOf(withWindows(...AGGREGATES));
  const next = random(7);
  const events = Array.from({ length: 6_000 }, () => {
    const value = (most: number): number | null => (next() < 0.1 ? null : Math.floor(next() * most));
    return { time: Math.floor(next() * 24 * HOUR), delay_min: value(40), gate: value(5) };
  });
  const meets = ({ delay_min, gate }: (typeof events)[number]): boolean =>
    delay_min !== null && delay_min > 15 && gate !== null && gate !== 3;
  const vectorOf = (group: typeof plain, some: typeof events, time: number): FeatureVector => {
    const tiles = new Map<number, Tile>();
    for (const event of some) {
      const start = Math.floor(event.time / group.tileMs) * group.tileMs;
      const values = group.fields.map((field) => field.valueOf(event));
      tiles.set(start, insertEvent(tiles.get(start) ?? null, event.time, values));
    }
    const vector: FeatureVector = Array.from({ length: 9 }, () => null);
    fillWindows(
      group,
      [...tiles].sort(([a], [b]) => a - b).map(([, tile]) => tile),
      time,
      vector,
    );
    return vector;
  };

  test("is the window of the events that meet it: an unknown condition is not met", () => {
    for (const time of [0, HOUR, 13 * HOUR + 1, 24 * HOUR, 40 * HOUR]) {
      expect(vectorOf(filtered, events, time)).toEqual(vectorOf(plain, events.filter(meets), time));
    }
  });

  test("is the same where a tile is a tree", () => {
    const many = Array.from({ length: 6 }, () => events).flat();
    const content = new Map<string, Tile>();
    const key = (start: number, path: string): string => `${start}.${path}`;
    for (const event of many) {
      const start = Math.floor(event.time / filtered.tileMs) * filtered.tileMs;
      const values = filtered.fields.map((field) => field.valueOf(event));
      const parts = {
        get: (path: string) => content.get(key(start, path)),
        put: (path: string, tile: Tile) => void content.set(key(start, path), tile),
        delete: (path: string) => void content.delete(key(start, path)),
      };
      addToTile(parts, { start, width: filtered.tileMs, digits: 0 }, event.time, values, Number.POSITIVE_INFINITY);
    }
    expect(content.size).toBeGreaterThan(20);
    for (const time of [HOUR, 13 * HOUR + 1, 24 * HOUR]) {
      const vector: FeatureVector = Array.from({ length: 9 }, () => null);
      fillFromTrees(filtered, (start, path) => content.get(key(start, path)), time, vector);
      expect(vector).toEqual(vectorOf(plain, many.filter(meets), time));
    }
  });
});

test("needs events that tell whether it is met, and that carry its field", () => {
  const { fields } = groupOf(
    withWindows("sum: delay_min, when: gate > 3", "count: true, when: gate > 3").replace(
      "[delay_min]",
      "[delay_min, gate]",
    ),
  );
  const carried = (attributes: Readonly<Record<string, unknown>>): readonly (readonly [string, boolean])[] =>
    fields.map((field) => [field.what, field.isCarried(attributes)] as const);
  const [count, sum] = ["values that tell whether gate > 3", "values that tell whether gate > 3, and one in delay_min"];
  expect(new Map(carried({ gate: 2, delay_min: 1 }))).toEqual(
    new Map([
      [count, true],
      [sum, true],
    ] as never),
  );
  expect(new Map(carried({ gate: 5 }))).toEqual(
    new Map([
      [count, true],
      [sum, false],
    ] as never),
  );
  expect(new Map(carried({ delay_min: 1 }))).toEqual(
    new Map([
      [count, false],
      [sum, false],
    ] as never),
  );
});

describe("the state of windows", () => {
  const stateOf = (...lines: readonly string[]): string => groupOf(withWindows(...lines)).stateId;

  test("stays what it was without conditions, and is another one for each condition", () => {
    expect(stateOf("count: true")).toBe("arrival/tailnum/2h/1d/");
    const ids = ["count: true", "count: true, when: delay_min > 5", "count: true, when: delay_min > 6"].map((line) =>
      stateOf(line),
    );
    expect(new Set(ids).size).toBe(3);
    for (const id of ids) expect(id).toMatch(/^[^|]*$/);
  });

  test("is shared by windows of one condition, in any order and layout", () => {
    const [one, other] = ["sum: delay_min, when: delay_min>5", "count: true, when: delay_min  >  5"];
    expect(stateOf(one!, other!)).toBe(stateOf(other!, one!));
  });
});

test("the layout of a condition is no part of the version, its content is", () => {
  const of = (when: string) => parseBlueprint(withWindows(`count: true, when: ${when}`));
  expect(of("delay_min>5").version).toBe(of("delay_min > 5").version);
  expect(of("delay_min > 5").version).not.toBe(of("delay_min > 6").version);
  expect(compareBlueprints(of("delay_min > 5"), of("delay_min > 6")).map(({ path }) => path)).toEqual(["features.f0"]);
});

test.each([
  ["count: true, when: delay_mim > 5", /unknown name "delay_mim"/],
  ["count: true, when: delay_min + 5", /expected a boolean/],
  ["mean: delay_min, halfLife: 1h", /"halfLife" is of windows with decayed/],
  ["decayed: delay_min", /missing field "halfLife"/],
])("%s is refused", (line, message) => {
  const problems = problemsOf(withWindows(line)).map((problem) => problem.message);
  expect(problems).toHaveLength(1);
  expect(problems[0]).toMatch(message);
});
