import { expect, test } from "vitest";
import { isStillThere, seenAs, type LogHistory } from "../../streams/backbone/log-history.ts";

/** The log was cut back to 5 before `two` began, and to 8 before `three` began. */
const history: LogHistory = {
  epoch: "three",
  past: [
    { epoch: "", ends: { "a/0": 3 } },
    { epoch: "one", ends: { "a/0": 5, "b/0": 2 } },
    { epoch: "two", ends: { "a/0": 8, "b/0": 2 } },
  ],
};

const cases: readonly (readonly [boolean, string, string | undefined, Record<string, number>])[] = [
  [true, "what was seen in the present epoch", "three", { "a/0": 100 }],
  [true, "what lies within the end at which the next epoch began", "two", { "a/0": 8, "b/0": 2 }],
  [false, "what lies beyond it", "two", { "a/0": 9 }],
  [true, "an older epoch's, within all later ends", "one", { "a/0": 5 }],
  [false, "an older epoch's that was lost, though the log is longer by now", "one", { "a/0": 6 }],
  [true, "what was seen before epochs were counted", undefined, { "a/0": 3 }],
  [false, "what was seen before epochs were counted, and was lost", undefined, { "a/0": 4 }],
  [false, "another log's", "elsewhere", { "a/0": 1 }],
  [false, "a topic's that the log did not have", "two", { "c/0": 1 }],
  [true, "nothing", "elsewhere", {}],
  [true, "nothing but starts", "elsewhere", { "a/0": 0, "c/0": 0 }],
];

test.each(cases)("%s: the log still has %s", (there, _, epoch, positions) => {
  expect(isStillThere(history, epoch, positions)).toBe(there);
});

test("a log is the same under other names", () => {
  const named = seenAs(history, (topic) => `${topic}/x`);
  expect(named.past[1]).toEqual({ epoch: "one", ends: { "a/x/0": 5, "b/x/0": 2 } });
});

test("the numbers of topics are told by their other names, and of two with one name by then the renamed one's", () => {
  const numbered = { ...history, topics: { "x.a": 4, a: 2, b: 3 } };
  expect(seenAs(numbered, (topic) => topic.replace("x.", "")).topics).toEqual({ a: 4, b: 3 });
  expect(seenAs(history, (topic) => topic)).not.toHaveProperty("topics");
});
