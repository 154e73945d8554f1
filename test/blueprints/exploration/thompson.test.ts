import { describe, expect, test } from "vitest";
import { compileBlueprint } from "../../../blueprints/index.ts";
import { betaBelief, cumulatedAt, normalBelief } from "../../../blueprints/exploration/beliefs.ts";
import { probabilitiesOfBest } from "../../../blueprints/exploration/probability-of-best.ts";
import { recentBests } from "../../../blueprints/exploration/recent-bests.ts";
import { random } from "../random.ts";

/** Of the normal distribution: Marsaglia's series (2004), to 1e-15 where |z| is below 6. */
function phi(z: number): number {
  let [sum, term] = [z, z];
  for (let k = 3; sum + term !== sum; k += 2) sum += term *= (z * z) / k;
  return 0.5 + sum * Math.exp(-0.5 * z * z - 0.918938533204672);
}
const logit = (p: number): number => Math.log(p / (1 - p));

describe("a belief", () => {
  test.each([-5, -2.3, -1, -0.01, 0, 0.5, 1.7, 4.2])(
    "that is normal cumulates to the normal distribution at %d",
    (z) => {
      expect(cumulatedAt(normalBelief(3, 0.25), 3 + 0.25 * z)).toBeCloseTo(phi(z), 6);
    },
  );

  // Of whole numbers the beta distribution is a binomial sum: P(at least alpha of alpha + beta - 1).
  test.each([
    [1, 1, 0.3],
    [2, 5, 0.1],
    [2, 5, 0.4],
    [1, 30, 0.05],
    [40, 3, 0.9],
    [300, 700, 0.31],
  ])("that is beta(%d, %d) cumulates to a binomial sum at %d", (alpha, beta, p) => {
    const n = alpha + beta - 1;
    let sum = 0;
    let logChoose = 0;
    for (let k = 0; k <= n; k++) {
      if (k >= alpha) sum += Math.exp(logChoose + k * Math.log(p) + (n - k) * Math.log(1 - p));
      logChoose += Math.log((n - k) / (k + 1));
    }
    expect(cumulatedAt(betaBelief(alpha, beta), logit(p))).toBeCloseTo(sum, 4);
  });
});

describe("the probability of being the best", () => {
  test("of two normal beliefs is known", () => {
    for (const [gap, one, two] of [
      [0, 1, 1],
      [0.5, 1, 2],
      [1, 0.1, 1],
      [0.2, 0.001, 1],
      [3, 1, 1],
      [0.1, 0.01, 0.02],
    ] as const) {
      const [first] = probabilitiesOfBest([normalBelief(gap, one), normalBelief(0, two)]);
      expect(first).toBeCloseTo(phi(gap / Math.hypot(one, two)), 3);
    }
  });

  test("of equal beliefs is the same, and sums to 1 whatever they are", () => {
    for (const each of probabilitiesOfBest(Array.from({ length: 7 }, () => betaBelief(3, 4))))
      expect(each).toBeCloseTo(1 / 7, 12);
    const next = random(9);
    for (let round = 0; round < 300; round++) {
      const beliefs = Array.from({ length: 1 + Math.floor(next() * 60) }, () =>
        round % 2 === 0
          ? betaBelief(10 ** (next() * 6 - 2), 10 ** (next() * 6 - 2))
          : normalBelief((next() - 0.5) * 10 ** (next() * 6 - 3), next() < 0.1 ? 0 : 10 ** (next() * 8 - 5)),
      );
      const best = probabilitiesOfBest(beliefs);
      expect(Math.abs(best.reduce((sum, each) => sum + each, 0) - 1)).toBeLessThan(1e-12);
      expect(best.every((each) => each >= 0 && each <= 1)).toBe(true);
    }
  });

  test("is how often the largest of 100,000 draws is theirs", () => {
    const next = random(4);
    const normal = (): number => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
    for (let round = 0; round < 5; round++) {
      const all = Array.from({ length: 6 }, () => [normal(), 0.05 + next() * 2] as const);
      const best = probabilitiesOfBest(all.map(([mean, deviation]) => normalBelief(mean, deviation)));
      const counts = all.map(() => 0);
      for (let i = 0; i < 100_000; i++) {
        const drawn = all.map(([mean, deviation]) => mean + deviation * normal());
        counts[drawn.indexOf(Math.max(...drawn))]!++;
      }
      for (const [at, count] of counts.entries()) expect(Math.abs(count / 100_000 - best[at]!)).toBeLessThan(0.008);
    }
  });
});

const text = (thompson: string): string => `
useCase: shop
decisionSpace: { options: { wins: number, losses: number } }
context: { weight: number }
observations: { clicked: boolean }
features: [weight, wins, losses]
label: { name: click, value: clicked }
policy:
  formulas: { a: wins + 1, b: losses + 1, share: a / (a + b), sure: sqrt(share * (1 - share) / (a + b)) }
  choose: share
exploration: { thompson: ${thompson} }
`;

/** Ten arms. Beta(1, 1) before, each reward updates its arm. */
function regretOf(rounds: number, seed: number, choose: (wins: number[], losses: number[], u: () => number) => number) {
  const rates = Array.from({ length: 10 }, (_, arm) => 0.05 + 0.03 * arm);
  const [wins, losses] = [rates.map(() => 0), rates.map(() => 0)];
  const next = random(seed);
  let regret = 0;
  for (let round = 0; round < rounds; round++) {
    const arm = choose(wins, losses, next);
    regret += rates.at(-1)! - rates[arm]!;
    if (next() < rates[arm]!) wins[arm]!++;
    else losses[arm]!++;
  }
  return regret;
}

test("the regret on ten arms is that of sampling from beta distributions, within 10 %", () => {
  // Thompson sampling as it is written: a draw from each posterior, by Cheng's (1978) and Johnk's way through gamma variates.
  const normal = (u: () => number): number => Math.sqrt(-2 * Math.log(1 - u())) * Math.cos(2 * Math.PI * u());
  const gamma = (shape: number, u: () => number): number => {
    const [d, c] = [shape - 1 / 3, 1 / Math.sqrt(9 * (shape - 1 / 3))];
    for (;;) {
      const x = normal(u);
      const v = (1 + c * x) ** 3;
      if (v > 0 && Math.log(1 - u()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
    }
  };
  const reference = (wins: number[], losses: number[], u: () => number): number => {
    const drawn = wins.map((won, arm) => {
      const [one, two] = [gamma(won + 1, u), gamma(losses[arm]! + 1, u)];
      return one / (one + two);
    });
    return drawn.indexOf(Math.max(...drawn));
  };
  const { policy, explorer } = compileBlueprint(text("{ beta: [a, b] }"));
  const ours = (wins: number[], losses: number[], u: () => number): number => {
    const beliefs = wins.map((won, arm) => [won + 1, losses[arm]! + 1]);
    const scores = beliefs.map(([a, b]) => a! / (a! + b!));
    const probabilities = explorer!.distribution({ scores, greedy: scores.indexOf(Math.max(...scores)), beliefs }, {});
    let place = u();
    return Math.max(
      0,
      probabilities.findIndex((probability) => (place -= probability) < 0),
    );
  };
  expect(policy.options).not.toBeNull();
  const mean = (choose: typeof ours): number => {
    const all = Array.from({ length: 16 }, (_, seed) => regretOf(2_000, seed, choose));
    return all.reduce((sum, each) => sum + each, 0) / all.length;
  };
  const [own, known] = [mean(ours), mean(reference)];
  expect(Math.abs(own / known - 1)).toBeLessThan(0.1);
}, 120_000);

test("an option of which nothing fit is believed is not drawn", () => {
  const { explorer } = compileBlueprint(text("{ normal: [share, sure] }"));
  expect(explorer!.reads).toEqual(["share", "sure"]);
  expect(
    [
      [0.5, 0.1],
      [0.5, 0],
      [0.5, -1],
      [Number.NaN, 1],
      [0.5, Infinity],
    ].map((each) => explorer!.fits(each)),
  ).toEqual([...[true, true, false, false, false]]);
});

test("beliefs that come again have the same probabilities, however many others came in between", () => {
  const next = random(5);
  const all = Array.from({ length: 100 }, () => Array.from({ length: 4 }, () => [1 + 9 * next(), 1 + 9 * next()]));
  const worked = (numbers: readonly (readonly number[])[], of: typeof betaBelief) =>
    probabilitiesOfBest(numbers.map(([one, two]) => of(one!, two!)));
  for (const numbers of [...all, ...all.slice(90), ...all]) {
    expect(recentBests("beta", numbers)).toEqual(worked(numbers, betaBelief));
    expect(recentBests("normal", numbers)).toEqual(worked(numbers, normalBelief));
  }
});
