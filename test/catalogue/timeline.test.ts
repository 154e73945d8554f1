import { expect, test } from "vitest";
import { heldAt, lastOfEachTime, timeline } from "../../catalogue/timeline.ts";
import { random, shuffled } from "../blueprints/random.ts";

interface Set {
  readonly time: number;
  readonly to: string | undefined;
}

const byText = (a: Set, b: Set): number => ((a.to ?? "") < (b.to ?? "") ? -1 : 1);
const spansOf = (changes: readonly Set[]) => timeline(changes, byText, (_: string | undefined, { to }) => to);

test("what holds at t was set strictly before t", () => {
  const spans = spansOf([
    { time: 10, to: "a" },
    { time: 20, to: "b" },
    { time: 30, to: undefined },
  ]);
  const asked = [9, 10, 11, 20, 21, 30, 31, Number.MAX_SAFE_INTEGER];
  expect(asked.map((time) => heldAt(spans, time))).toEqual([
    undefined,
    undefined,
    "a",
    "a",
    "b",
    "b",
    undefined,
    undefined,
  ]);
});

test("nothing holds where nothing was ever set", () => {
  expect(heldAt(spansOf([]), 5)).toBeUndefined();
});

test("of two changes at the same time the tie decides, and there is one span", () => {
  expect(
    spansOf([
      { time: 1, to: "b" },
      { time: 1, to: "a" },
    ]),
  ).toEqual([{ after: 1, held: "b" }]);
});

test("the order in which the changes are read makes no difference, and a look by halves finds what a look through all finds", () => {
  for (let seed = 1; seed <= 200; seed++) {
    const next = random(seed);
    const changes = Array.from({ length: Math.floor(next() * 40) }, (_, at) => ({
      time: Math.floor(next() * 30),
      to: next() < 0.2 ? undefined : `v${at}`,
    }));
    const spans = spansOf(changes);
    expect(spansOf(shuffled(changes, next))).toEqual(spans);
    for (let time = -1; time <= 31; time++) {
      expect(heldAt(spans, time)).toBe(spans.findLast(({ after }) => after < time)?.held);
    }
  }
});

test("of changes of one thing at the same time the last one listed counts", () => {
  const listed = [
    { time: 1, to: "a" },
    { time: 2, to: "b" },
    { time: 2, to: "c" },
  ];
  expect(lastOfEachTime(listed).map(({ to }) => to)).toEqual(["a", "c"]);
});
