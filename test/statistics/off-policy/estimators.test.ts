import { describe, expect, test } from "vitest";
import {
  normalInterval,
  offPolicyEstimators,
  smoothedMeans,
  supportOf,
  type ModelledRewards,
} from "../../../statistics/index.ts";

const f = (...values: number[]): Float64Array => Float64Array.of(...values);
const estimated = (logged: ModelledRewards) =>
  Object.fromEntries(offPolicyEstimators.map(({ name, estimate }) => [name, estimate(logged)]));

/** Two actions with propensities 1/4 and 3/4; the target takes the first with 1/2. */
const logged: ModelledRewards = {
  weights: f(2, 2 / 3, 2 / 3, 2 / 3),
  rewards: f(1, 0, 1, 0),
  predicted: f(0.5, 0.25, 0.25, 0.25),
  expected: f(0.375, 0.375, 0.375, 0.375),
};

describe("the estimators", () => {
  test("are the formulas, worked out by hand", () => {
    const { IPS, SNIPS, DM, DR } = estimated(logged);
    expect(IPS!.value).toBeCloseTo((2 + 2 / 3) / 4, 14);
    expect(SNIPS!.value).toBeCloseTo((2 + 2 / 3) / 4, 14);
    expect(DM).toEqual({ value: 0.375, standardError: 0 });
    const terms = [0.375 + 2 * 0.5, 0.375 - (2 / 3) * 0.25, 0.375 + (2 / 3) * 0.75, 0.375 - (2 / 3) * 0.25];
    const mean = terms.reduce((all, term) => all + term) / 4;
    expect(DR!.value).toBeCloseTo(mean, 14);
    const variance = terms.reduce((all, term) => all + (term - mean) ** 2, 0) / 3;
    expect(DR!.standardError).toBeCloseTo(Math.sqrt(variance / 4), 14);
  });

  test("are the mean of the rewards where the target is the log itself", () => {
    const same = { ...logged, weights: f(1, 1, 1, 1), predicted: f(0, 0, 0, 0), expected: f(0, 0, 0, 0) };
    const { IPS, SNIPS, DR } = estimated(same);
    expect([IPS, SNIPS, DR].map((one) => one!.value)).toEqual([0.5, 0.5, 0.5]);
    expect(SNIPS!.standardError).toBeCloseTo(Math.sqrt(1 / 3 / 4), 14);
    expect(IPS!.standardError).toBeCloseTo(SNIPS!.standardError, 14);
  });

  test("SNIPS moves with a constant, and stays within the rewards where IPS does not", () => {
    const moved = estimated({ ...logged, weights: f(3, 1, 0, 2), rewards: f(11, 10, 11, 10) });
    expect(moved["SNIPS"]!.value).toBeCloseTo(10.5, 14);
    expect(moved["IPS"]!.value).toBeCloseTo(15.75, 14);
  });

  test("a perfect model of the reward leaves DR without the error of the weights", () => {
    const { DR } = estimated({ ...logged, predicted: logged.rewards });
    expect(DR).toEqual({ value: 0.375, standardError: 0 });
  });

  test.each([
    [{ weights: f(1, 2) }, "IPS: 4 rewards and 2 weights; pass one of each a decision"],
    [{ weights: f(1, -1, 1, 1) }, "IPS: weights[1] is -1; a weight is finite, 0 or more"],
    [{ weights: f(1, 1, 1, Infinity) }, "IPS: weights[3] is Infinity; a weight is finite, 0 or more"],
    [{ rewards: f(0, NaN, 1, 1) }, "IPS: rewards[1] is NaN, not a finite number"],
    [{ expected: f(0, 0, NaN, 1) }, "IPS: expected[2] is NaN, not a finite number"],
  ])("refuse %j", (wrong, message) => {
    expect(() => offPolicyEstimators[0]!.estimate({ ...logged, ...wrong })).toThrow(new RangeError(message));
  });

  test("refuse one decision, and SNIPS weights that are all 0", () => {
    const one = { weights: f(1), rewards: f(1), predicted: f(1), expected: f(1) };
    for (const { name, estimate } of offPolicyEstimators)
      expect(() => estimate(one)).toThrow(`${name}: 1 decisions; an error needs two at least`);
    expect(() => estimated({ ...logged, weights: f(0, 0, 0, 0) })).toThrow("SNIPS: all weights are 0");
  });
});

describe("intervals", () => {
  test.each([
    [0.95, 1.959963984540054],
    [0.9, 1.644853626951473],
    [0.99, 2.575829303548901],
    [0.6826894921370859, 1],
  ])("of level %d reach %d errors to either side", (level, reach) => {
    const [low, high] = normalInterval({ value: 2, standardError: 0.5 }, level);
    expect(low).toBeCloseTo(2 - reach / 2, 9);
    expect(high).toBeCloseTo(2 + reach / 2, 9);
  });

  test("have 95 % unless it is said, and no level of 0 or 1", () => {
    const estimate = { value: 0, standardError: 1 };
    expect(normalInterval(estimate)).toEqual(normalInterval(estimate, 0.95));
    for (const level of [0, 1, 95, NaN])
      expect(() => normalInterval(estimate, level)).toThrow(`the level is ${level}; it lies between 0 and 1`);
  });
});

describe("support", () => {
  test("counts equal weights whole, and one weight among zeros as one", () => {
    expect(supportOf(f(1, 1, 1, 1))).toEqual({
      ...{ decisions: 4, effectiveDecisions: 4, meanWeight: 1, largestWeight: 1, notTaken: 0 },
    });
    expect(supportOf(f(0, 0, 4, 0))).toEqual({
      ...{ decisions: 4, effectiveDecisions: 1, meanWeight: 1, largestWeight: 4, notTaken: 0.75 },
    });
    expect(supportOf(f(3, 1)).effectiveDecisions).toBeCloseTo(16 / 10, 14);
  });

  test("is nothing without weights", () => {
    for (const weights of [f(), f(0, 0)])
      expect(supportOf(weights)).toMatchObject({ effectiveDecisions: 0, meanWeight: 0, largestWeight: 0 });
  });
});

describe("smoothed means", () => {
  const of = { actions: Int32Array.of(0, 0, 1, 1), rewards: f(1, 0, 1, 1), count: 3 };

  test("lie between the action's own mean and that of all decisions", () => {
    const q = smoothedMeans(of, 20);
    expect([0, 1, 2].map((action) => q(action, 0))).toEqual([(1 + 20 * 0.75) / 22, (2 + 20 * 0.75) / 22, 0.75]);
  });

  test("with folds are of the decisions of the other folds alone", () => {
    const q = smoothedMeans(of, 2, Int32Array.of(0, 1, 0, 1));
    // Fold 0 learns of decisions 1 and 3: one of each action, with the rewards 0 and 1.
    expect([0, 1, 2].map((action) => q(action, 0))).toEqual([1 / 3, 2 / 3, 0.5]);
    expect([0, 1, 2].map((action) => q(action, 1))).toEqual([1, 1, 1]);
  });

  test("refuse a fold that leaves nothing to learn from", () => {
    expect(() => smoothedMeans(of, 2, new Int32Array(4))).toThrow("smoothedMeans: fold 0 has all 4 decisions");
  });
});
