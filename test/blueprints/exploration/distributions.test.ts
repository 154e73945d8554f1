import { describe, expect, test } from "vitest";
import { compileBlueprint, type Explorer } from "../../../blueprints/index.ts";
import { random } from "../random.ts";

const text = (exploration: string): string => `
useCase: shop
decisionSpace: { options: { age: number } }
context: { weight: number }
observations: { clicked: boolean }
features: [weight, age]
label: { name: click, value: clicked }
policy: { choose: click, params: { heat: { default: 0.5, min: 0.01, max: 1 } } }
exploration: ${exploration}
`;
const explorerOf = (exploration: string): Explorer => compileBlueprint(text(exploration)).explorer!;
const probabilities = (
  exploration: string,
  scores: readonly number[],
  params: Readonly<Record<string, number>> = {},
): readonly number[] => {
  const greedy = scores.indexOf(Math.max(...scores));
  return explorerOf(exploration).distribution({ scores, greedy, beliefs: [] }, params);
};
const near = (expected: readonly number[]): unknown[] => expected.map((each) => expect.closeTo(each, 14));

describe("the probabilities of a choice", () => {
  const { E } = Math;
  test.each<[exploration: string, scores: readonly number[], expected: readonly number[]]>([
    ["{ epsilonGreedy: 0.3 }", [1, 3, 2], [0.1, 0.8, 0.1]],
    ["{ epsilonGreedy: 0 }", [1, 3, 2], [0, 1, 0]],
    ["{ epsilonGreedy: 1 }", [1, 3, 2, 0], [0.25, 0.25, 0.25, 0.25]],
    ["{ softmax: 1 }", [0, 1], [1 / (1 + E), E / (1 + E)]],
    ["{ softmax: 0.5 }", [0, 1], [1 / (1 + E ** 2), E ** 2 / (1 + E ** 2)]],
    ["{ softmax: 1e-9 }", [0, 1e6, -1e6], [0, 1, 0]],
    // Foster and Rakhlin: 1 / (K + gamma × gap) for the others.
    ["{ squareCb: 10 }", [0.5, 0.3, 0.1], [1 - 1 / 5 - 1 / 7, 1 / 5, 1 / 7]],
    ["{ squareCb: 0 }", [0.5, 0.3], [0.5, 0.5]],
    ["{ uniform: true }", [5, 1], [0.5, 0.5]],
    ["{ epsilonGreedy: 0.3, share: 0.5 }", [1, 3, 2], [0.05, 0.9, 0.05]],
    ["{ uniform: true, share: 0 }", [1, 3, 2], [0, 1, 0]],
    ["{ epsilonGreedy: 0, floor: 0.1 }", [1, 3, 2], [0.1, 0.8, 0.1]],
    ["{ softmax: 1, floor: 0.5 }", [1, 3, 2], [1 / 3, 1 / 3, 1 / 3]],
    ["{ epsilonGreedy: 0.2 }", [7], [1]],
  ])("%s of %j are %j", (exploration, scores, expected) => {
    expect(probabilities(exploration, scores)).toEqual(near(expected));
  });

  test("take a parameter's value, and its default without one", () => {
    expect(probabilities("{ epsilonGreedy: heat }", [1, 3])).toEqual(near([0.25, 0.75]));
    expect(probabilities("{ epsilonGreedy: heat }", [1, 3], { heat: 0.1 })).toEqual(near([0.05, 0.95]));
  });

  test("sum to 1, and each is at least the floor, for scores of any size", () => {
    const next = random(5);
    const explorers = Array.from({ length: 300 }, () => {
      const kind = ["epsilonGreedy", "softmax", "squareCb"][Math.floor(next() * 3)]!;
      const [setting, share] = [Math.ceil(next() * 20) / 20, next() < 0.5 ? 1 : Math.round(next() * 20) / 20];
      const floor = next() < 0.5 ? 0 : Math.round(next() * 100) / 1_000;
      return { floor, explorer: explorerOf(`{ ${kind}: ${setting}, floor: ${floor}, share: ${share} }`) };
    });
    for (let round = 0; round < 30_000; round++) {
      const { floor, explorer } = explorers[round % explorers.length]!;
      const n = 1 + Math.floor(next() * 40);
      const size = 10 ** (next() * 30 - 15);
      const scores = Array.from({ length: n }, () => (next() < 0.2 ? 0 : (next() - 0.5) * size));
      const all = explorer.distribution({ scores, greedy: scores.indexOf(Math.max(...scores)), beliefs: [] }, {});
      expect(Math.abs(all.reduce((sum, each) => sum + each, 0) - 1)).toBeLessThan(1e-12);
      expect(Math.min(...all)).toBeGreaterThanOrEqual(Math.min(floor, 1 / n));
    }
  });
});
