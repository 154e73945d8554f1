import { expect, test } from "vitest";
import { Evidence } from "../../../recompute/evaluate/evidence.ts";

const actions = ["none", "small", "big"];
const target = { actions, distribution: [0.2, 0.3, 0.5] };
const taken = (distribution: readonly number[], value: string, propensity: number) => ({
  ...{ decisionId: `d-${value}-${propensity}`, decisionTime: 0, value, propensity, reward: 1 },
  ...{ actions, distribution },
});

test("of what the target does, what had no probability in the log is untried", () => {
  const evidence = new Evidence(1);
  evidence.add(taken([0.1, 0.8, 0.1], "small", 0.8), target);
  expect(evidence.untried()).toEqual({ share: 0, certain: 0 });
  // One of the three was excluded.
  evidence.add(taken([0.1, 0.9, 0], "small", 0.9), target);
  expect(evidence.untried()).toEqual({ share: 0.25, certain: 0 });
  // Nothing was drawn, and the target may do something else.
  evidence.add(taken([0, 1, 0], "small", 1), target);
  expect(evidence.untried().share).toBeCloseTo((0.5 + 0.7) / 3, 12);
  expect(evidence.untried().certain).toBe(1);
});

test("an action that the log does not know was not tried, and without probabilities nothing is known", () => {
  const evidence = new Evidence(1);
  evidence.add(taken([1, 0, 0], "none", 1), { actions: ["other"], distribution: [1] });
  expect(evidence.untried()).toEqual({ share: 1, certain: 1 });
  evidence.add(taken([], "none", 0.5), target);
  expect(evidence.untried()).toEqual({ share: 0.5, certain: 1 });
});

test("a bet goes by the times of the decisions, in whatever order they are read, and needs rewards from 0 to 1", () => {
  const all = Array.from({ length: 400 }, (_, n) => {
    const value = n % 2 === 0 ? "small" : "big";
    const one = taken([0, 0.5, 0.5], value, 0.5);
    return { ...one, decisionId: `d${n}`, decisionTime: n, reward: value === "big" && n % 3 > 0 ? 1 : 0 };
  });
  const of = (some: typeof all) => {
    const evidence = new Evidence(1);
    for (const one of some) evidence.add(one, { actions: ["big"], distribution: [1] });
    return evidence.bet();
  };
  const bet = of(all)!;
  expect(bet.most).toBeGreaterThan(1_000);
  expect(of(all.toReversed())).toEqual(bet);
  expect(of(all.map((one) => ({ ...one, reward: 2 * one.reward })))).toBeNull();
});

test("a bet counts rewards from their mean where the log has the probabilities of all actions, and else as they are", () => {
  const ones = (distribution: readonly number[], propensity: number): number => {
    const evidence = new Evidence(1);
    for (let n = 0; n < 400; n++) {
      const value = n % 2 === 0 ? "small" : "big";
      // The reward is near 1 whatever is done, and a little more for what the target does.
      const one = { ...taken(distribution, value, propensity), decisionId: `d${n}`, decisionTime: n };
      evidence.add({ ...one, reward: value === "big" ? 1 : 0.9 }, { actions: ["big"], distribution: [1] });
    }
    return evidence.bet()!.most;
  };
  const known = ones([0, 0.5, 0.5], 0.5);
  expect(known).toBeGreaterThan(20);
  expect(ones([], 0.5)).toBeLessThan(20);
  // A propensity that is not the distribution's is not believed twice.
  expect(ones([0, 0.4, 0.6], 0.5)).toBe(ones([], 0.5));
});
