import { expect, test } from "vitest";
import { refusals } from "../../../recompute/evaluate/refusals.ts";

const enough = { decisions: 950, effectiveDecisions: 100, meanWeight: 1, largestWeight: 30, notTaken: 0.5 };
const none = { withoutPropensity: 0, withoutAction: 0, withoutFeatures: 0, withoutRequest: 0, ofOtherVersions: 0 };

test("the bounds themselves are enough", () => {
  expect(refusals(enough, none, [])).toEqual([]);
  for (const meanWeight of [0.8, 1.2]) expect(refusals({ ...enough, meanWeight }, none, [])).toEqual([]);
  expect(refusals(enough, { ...none, withoutAction: 50 }, [])).toEqual([]);
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
  expect(refusals({ ...enough, ...support }, { ...none, ...leftOut }, [])).toEqual(reasons);
});

test("all reasons are told at once, and lacking features by their names", () => {
  expect(refusals({ ...enough, effectiveDecisions: 2, meanWeight: 3 }, none, [])).toHaveLength(2);
  expect(refusals({ ...enough, decisions: 0 }, { ...none, withoutFeatures: 3 }, ["a", "b"])).toEqual([
    "none of 3 decisions has all features of the policy: a, b lack",
  ]);
});
