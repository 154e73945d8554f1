import { expect, test } from "vitest";
import type { Input, Queued } from "../../../streams/task/input.ts";
import { earliest, emptyUpTo, takeRun } from "../../../streams/task/merge.ts";
import { random } from "../../blueprints/random.ts";

interface At {
  readonly time: number;
  /** How far it moves event time; absent: its own time. */
  readonly moves?: number;
}

/** As much of an input as the merge looks at, with records at these times. `due`: the next timer of their timeline. */
function inputOf(name: string, records: readonly At[], due = Number.POSITIVE_INFINITY): Input {
  const queue = records.map(({ time, moves = time }) => ({ name, time, moves, line: { due } }) as unknown as Queued);
  return {
    get head() {
      return queue[0];
    },
    get length() {
      return queue.length;
    },
    take(limit: number, while_: (record: Queued) => boolean) {
      let count = 0;
      while (count < limit && count < queue.length && while_(queue[count]!)) count++;
      return queue.splice(0, count);
    },
  } as unknown as Input;
}
const at = (...times: readonly number[]): readonly At[] => times.map((time) => ({ time }));
const times = (taken: readonly Queued[]): readonly number[] => taken.map(({ time }) => time);

test("the oldest head comes first, among equals that of the input declared first, and none where all are empty", () => {
  const [a, b, c] = [inputOf("a", at(5)), inputOf("b", at(3, 9)), inputOf("c", at(3))];
  expect(earliest([a, b, c])).toBe(b);
  expect(earliest([a, c, b])).toBe(c);
  expect(earliest([inputOf("d", []), a])).toBe(a);
  expect(earliest([inputOf("d", [])])).toBeUndefined();
});

test("a run ends where another input has an older record; at the same time the one declared first goes first", () => {
  const [first, from, last] = [inputOf("first", at(7)), inputOf("from", at(1, 4, 5, 6, 7, 8)), inputOf("last", at(6))];
  expect(times(takeRun([first, from, last], from, 100, 1_000))).toEqual([1, 4, 5, 6]);
  expect(times(takeRun([first, from], from, 100, 1_000))).toEqual([]);
  expect(times(takeRun([from, first], from, 100, 1_000))).toEqual([7]);
});

test("a run ends at its limit, at the horizon, and before a record that moves its timeline to a timer", () => {
  const run = (limit: number, horizon: number, due?: number): readonly number[] => {
    const from = inputOf("from", at(1, 2, 3, 4), due);
    return times(takeRun([from], from, limit, horizon));
  };
  expect(run(2, 1_000)).toEqual([1, 2]);
  expect(run(100, 3)).toEqual([1, 2, 3]);
  expect(run(100, 1_000, 3)).toEqual([1, 2]);
});

test("a record that lies ahead of its arrival moves time only as far as that, so it does not end a run", () => {
  const from = inputOf("from", [{ time: 1 }, { time: 50, moves: 2 }, { time: 3 }], 10);
  expect(times(takeRun([from], from, 100, 1_000))).toEqual([1, 50, 3]);
});

test("empty inputs say up to when they have nothing more, and the least of it counts", () => {
  const ends = new Map([
    ["a", 30],
    ["b", 20],
  ]);
  const [a, b] = [inputOf("a", []), inputOf("b", [])];
  const endOf = (input: Input): number => ends.get(input === a ? "a" : "b")!;
  expect(emptyUpTo([a, b, inputOf("c", at(1))], endOf)).toBe(20);
  expect(emptyUpTo([inputOf("c", at(1))], endOf)).toBe(Number.POSITIVE_INFINITY);
});

test("runs of sorted inputs, taken one after the other, are the records in the order of time and declaration", () => {
  for (let seed = 1; seed <= 200; seed++) {
    const next = random(seed);
    const lists = Array.from({ length: 1 + Math.floor(next() * 4) }, () =>
      Array.from({ length: Math.floor(next() * 12) }, () => Math.floor(next() * 10)).sort((a, b) => a - b),
    );
    const inputs = lists.map((list, index) => inputOf(String(index), at(...list)));
    const taken: string[] = [];
    for (let from = earliest(inputs); from !== undefined; from = earliest(inputs)) {
      const run = takeRun(inputs, from, 1 + Math.floor(next() * 5), Number.POSITIVE_INFINITY);
      expect(run.length).toBeGreaterThan(0);
      for (const { time, name } of run as unknown as readonly { time: number; name: string }[])
        taken.push(`${time}/${name}`);
    }
    const expected = lists
      .flatMap((list, index) => list.map((time) => ({ time, index })))
      .sort((a, b) => a.time - b.time || a.index - b.index)
      .map(({ time, index }) => `${time}/${index}`);
    expect(taken).toEqual(expected);
  }
});
