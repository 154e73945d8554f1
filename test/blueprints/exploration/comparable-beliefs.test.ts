import { describe, expect, test } from "vitest";
import { betaBelief, normalBelief } from "../../../blueprints/exploration/beliefs.ts";
import { probabilitiesOfBest } from "../../../blueprints/exploration/probability-of-best.ts";
import { recentBests } from "../../../blueprints/exploration/recent-bests.ts";

const COUNTS = [1e-9, 1e-6, 1e-4, 0.001, 0.01, 0.05, 0.1, 0.3, 0.49, 1, 10, 1e6, 1e10, 1e15];
const within = (found: number, expected: number): void => expect(Math.abs(found - expected)).toBeLessThan(0.001);

describe("beta beliefs are compared to 0.001 from the smallest counts to the largest", () => {
  // The share x^alpha of a number that is equally likely everywhere: alpha of all alphas is how often it is the largest.
  test.each(COUNTS.flatMap((one) => COUNTS.map((two) => [one, two] as const)))("alpha of %f and %f", (one, two) => {
    within(
      recentBests("beta", [
        [one, 1],
        [two, 1],
      ])[0]!,
      one / (one + two),
    );
    within(
      recentBests("beta", [
        [1, one],
        [1, two],
      ])[0]!,
      two / (one + two),
    );
    within(
      recentBests("beta", [
        [one, 1],
        [0.2, 1],
        [two, 1],
      ])[0]!,
      one / (one + two + 0.2),
    );
  });

  // Alpha and beta that are whole but for one: a sum of as many terms.
  test.each([
    [
      [0.05, 7],
      [2, 3],
    ],
    [
      [0.025, 1],
      [4, 2],
    ],
    [
      [0.0103, 6.86],
      [5, 1],
    ],
    [
      [1e-4, 30],
      [1, 12],
    ],
  ] as const)("of %o and %o", ([alpha, beta], [a, b]) => {
    // The expectation of the probability that the other one is smaller: of sum C(n, j) x^j (1 - x)^(n - j) from j = a on.
    const n = a + b - 1;
    let [larger, binomial] = [0, 1];
    for (let j = 0; j <= n; j++) {
      if (j > 0) binomial = (binomial * (n - j + 1)) / j;
      let moment = binomial;
      for (let k = 0; k < j; k++) moment *= (alpha + k) / (alpha + beta + k);
      for (let k = 0; k < n - j; k++) moment *= (beta + k) / (alpha + beta + j + k);
      if (j >= a) larger += moment;
    }
    within(
      recentBests("beta", [
        [alpha, beta],
        [a, b],
      ])[0]!,
      larger,
    );
  });
});

describe("normal beliefs are compared to 0.001", () => {
  test.each([
    [
      [
        [1e13, 1],
        [1e13 + 1, 1],
      ],
      [0.239_75, 0.760_25],
    ],
    [
      [
        [1e100, 1e84],
        [1e100, 1e84],
      ],
      [0.5, 0.5],
    ],
    [
      [
        [-1e13, 1],
        [-1e13 - 1, 1],
        [-3e13, 1],
      ],
      [0.760_25, 0.239_75, 0],
    ],
    [
      [
        [1e-15, 1e-15],
        [0, 1e-15],
      ],
      [0.760_25, 0.239_75],
    ],
    [
      [
        [1e15, 1],
        [1e15, 0],
        [0, 1],
      ],
      [0.5, 0.5, 0],
    ],
    [
      [
        [-1e100, 5e-324],
        [0, 1e-300],
      ],
      [0, 1],
    ],
  ] as const)("%o", (beliefs, expected) => {
    for (const [at, each] of recentBests("normal", beliefs).entries()) within(each, expected[at]!);
  });
});

test("beliefs of usual sizes have the probabilities of the plain tables to the last bit", () => {
  const beta = [
    [0.5, 1e9],
    [1, 1],
    [37, 2_000],
  ] as const;
  expect(recentBests("beta", beta)).toEqual(probabilitiesOfBest(beta.map(([one, two]) => betaBelief(one, two))));
  const normal = [
    [1e10, 1],
    [1e10 + 1, 0.5],
    [0, 0],
  ] as const;
  expect(recentBests("normal", normal)).toEqual(
    probabilitiesOfBest(normal.map(([one, two]) => normalBelief(one, two))),
  );
});
