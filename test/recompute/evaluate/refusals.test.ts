import { expect, test } from "vitest";
import { overflows, refusals } from "../../../recompute/evaluate/refusals.ts";

const enough = { decisions: 950, effectiveDecisions: 100, meanWeight: 1, largestWeight: 30, notTaken: 0.5 };
const tried = { share: 0.01, certain: 3 };
const none = { withoutPropensity: 0, withoutAction: 0, withoutFeatures: 0, withoutRequest: 0, ofOtherVersions: 0 };

test("the bounds themselves are enough", () => {
  expect(refusals(enough, tried, none, [])).toEqual([]);
  for (const meanWeight of [0.8, 1.2]) expect(refusals({ ...enough, meanWeight }, tried, none, [])).toEqual([]);
  expect(refusals(enough, tried, { ...none, withoutAction: 50 }, [])).toEqual([]);
});

test.each([
  [
    { effectiveDecisions: 99.9 },
    {},
    ["950 decisions weigh as much as 99.9 of the policy itself, and 100 are needed; the largest weight is 30.0"],
  ],
  [{ meanWeight: 0.79 }, {}, [expect.stringMatching(/^the mean weight is 0\.790.*never or hardly tried/)]],
  [{ meanWeight: 1.21 }, {}, [expect.stringMatching(/^the mean weight is 1\.210.*small propensities weigh too much/)]],
  [
    {},
    { withoutAction: 51 },
    [expect.stringMatching(/^the policy has no action for 51 of 1001 decisions, which is more than 5 %/)],
  ],
  [{ decisions: 0 }, {}, ["no decision in this time has a reward: see `loopstream rows`"]],
  [
    { decisions: 0 },
    { withoutPropensity: 7 },
    ["none of 7 decisions with a reward has both a propensity and an action of the policy"],
  ],
])("support %j without %j is refused, with the reason", (support, leftOut, reasons) => {
  expect(refusals({ ...enough, ...support }, tried, { ...none, ...leftOut }, [])).toEqual(reasons);
});

test("all reasons are told at once, and lacking features by their names", () => {
  expect(refusals({ ...enough, effectiveDecisions: 2, meanWeight: 3 }, tried, none, [])).toHaveLength(2);
  expect(refusals({ ...enough, decisions: 0 }, tried, { ...none, withoutFeatures: 3 }, ["a", "b"])).toEqual([
    "none of 3 decisions has all features of the policy: a, b lack",
  ]);
});

test("what the log could not have done is told, with the decisions that were not drawn", () => {
  expect(refusals(enough, { share: 0.111, certain: 0 }, none, [])).toEqual([
    "11.1 % of what the policy does had the probability 0 in the log, and at most 1 % may: of that no reward is known",
  ]);
  expect(refusals(enough, { share: 0.111, certain: 100 }, none, [])).toEqual([
    expect.stringMatching(/; 100 of the decisions were not drawn at all.*leave them out with --from$/),
  ]);
});

test.each<readonly [number, number, readonly [number, number], boolean]>([
  [1, 0.1, [0.8, 1.2], false],
  [2.5e297, Number.POSITIVE_INFINITY, [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY], true],
  [Number.POSITIVE_INFINITY, 1, [0, 1], true],
  [1, Number.NaN, [0, 1], true],
])("figures of %d with the error %d and the interval %j overflow: %j", (value, standardError, interval, expected) => {
  const reasons = overflows({
    ips: { value: 1, standardError: 1, interval: [0, 2] },
    dm: { value, standardError, interval },
  });
  expect(reasons).toEqual(expected ? [expect.stringMatching(/^some rewards are too large/)] : []);
});
