import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  effectiveEpisodes,
  estimateEpisodes,
  LEAST_EFFECTIVE_EPISODES,
  meanEstimate,
  sequentialEstimators,
  weigh,
  type LoggedEpisodes,
} from "../../../statistics/index.ts";
import { behaviour, chancesOf, mixture, optimum, place, simulate, valuesOf } from "../../fixtures/worlds/fatigue.ts";
import type { Policy } from "../../fixtures/worlds/fatigue.ts";

const f = (...values: number[]): Float64Array => Float64Array.of(...values);
const estimated = (logged: LoggedEpisodes): Readonly<Record<string, number>> => {
  const weighed = weigh(logged);
  return Object.fromEntries(sequentialEstimators.map(({ name, terms }) => [name, meanEstimate(terms(weighed)).value]));
};

/** Episodes of the world as the estimates take them; the model is so much of the exact values. */
function logged(seed: number, episodes: number, policy: Policy, share = 0.9): LoggedEpisodes {
  const { features, steps, action, starts, reward, propensity, discount } = simulate(seed, episodes, behaviour);
  const chances = chancesOf(policy)(features, steps);
  const exact = valuesOf(policy);
  const at = (step: number): number => place(features[3 * step + 2]!, features[3 * step]!, features[3 * step + 1]!);
  return {
    ...{ starts, rewards: reward, propensities: propensity, discount },
    probabilities: propensity.map((_, step) => chances[2 * step + action[step]!]!),
    q: propensity.map((_, step) => share * exact.q[2 * at(step) + action[step]!]!),
    v: propensity.map((_, step) => share * exact.v[at(step)]!),
  };
}

interface Reference {
  readonly policy: "mild" | "half";
  readonly seed: number;
  readonly ESS: number;
}
const reference = JSON.parse(readFileSync(join(import.meta.dirname, "reference.json"), "utf8")) as Reference[];
const policies = { mild: mixture(0.2, optimum, behaviour), half: mixture(0.5, optimum, behaviour) };

describe("sequential estimates", () => {
  test.each(reference)("of $policy and seed $seed are those of numpy", (wanted) => {
    const given = logged(wanted.seed, 2000, policies[wanted.policy]);
    const found = estimated(given);
    const { ESS, ...rest } = wanted;
    expect(effectiveEpisodes(weigh(given)) / ESS).toBeCloseTo(1, 9);
    for (const { name } of sequentialEstimators)
      expect(found[name], name).toBeCloseTo(
        (rest as unknown as Record<string, number>)[name]!,
        name === "MAGIC" ? 6 : 9,
      );
  });

  /** Two steps, one that ends the episode at once; γ = 1/2. */
  const small: LoggedEpisodes = {
    ...{ starts: Int32Array.of(0, 2, 3, 5), discount: 0.5, rewards: f(1, 2, 3, 0, 4) },
    propensities: f(0.5, 0.5, 0.5, 0.25, 0.5),
    probabilities: f(0.25, 0.5, 0.75, 0.5, 0),
    q: f(1, 1, 2, 1, 3),
    v: f(2, 1, 2, 1, 1),
  };

  test("are the formulas, worked out by hand", () => {
    // ρ: 1/2, 1/2; 3/2; 2, 0. Returns: 2, 3, 2.
    const { IS, WIS, PDIS, CWPDIS, DM, DR, WDR } = estimated(small);
    expect(IS).toBeCloseTo((0.5 * 2 + 1.5 * 3) / 3, 14);
    expect(WIS).toBeCloseTo((0.5 * 2 + 1.5 * 3) / 2, 14);
    expect(PDIS).toBeCloseTo((0.5 + 0.5 + 4.5) / 3, 14);
    expect(CWPDIS).toBeCloseTo((0.5 + 4.5) / 4 + (0.5 * 1) / 2, 14);
    expect(DM).toBeCloseTo(5 / 3, 14);
    const first = (0 + 1.5 - 2) / 3 + 5 / 3;
    expect(DR).toBeCloseTo(first + (0.5 * (0.5 * 1 + 0.5 * 1 + 2)) / 3, 14);
    expect(WDR).toBeCloseTo((0 + 1.5 - 2) / 4 + 5 / 3 + 0.5 * (0.5 / 2 + (0.5 * 1 + 2 * 1) / 4), 14);
  });

  test("of the log itself are its mean return, but for what the model says", () => {
    const same = { ...small, probabilities: small.propensities };
    const { IS, WIS, PDIS, CWPDIS } = estimated(same);
    for (const one of [IS, WIS, PDIS, CWPDIS]) expect(one).toBeCloseTo(7 / 3, 14);
  });

  test("errors are those of episodes drawn again", () => {
    const given = logged(5, 400, mixture(0.1, optimum, behaviour));
    const draws = sequentialEstimators.map(() => [] as number[]);
    let state = 1;
    const next = (): number => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
    for (let draw = 0; draw < 200; draw++) {
      const found = estimated(drawn(given, () => Math.floor(400 * next())));
      for (const [at, { name }] of sequentialEstimators.entries()) draws[at]!.push(found[name]!);
    }
    for (const [at, { name, terms }] of sequentialEstimators.entries()) {
      const spread = meanEstimate(Float64Array.from(draws[at]!)).standardError * Math.sqrt(200);
      const ratio = meanEstimate(terms(weigh(given))).standardError / spread;
      // That of MAGIC is of the whole return, which differs more.
      expect(ratio, name).toBeGreaterThan(0.8);
      if (name !== "MAGIC") expect(ratio, name).toBeLessThan(1.25);
    }
  });
});

function drawn(given: LoggedEpisodes, episode: () => number): LoggedEpisodes {
  const [steps, starts]: [number[], number[]] = [[], [0]];
  for (let at = 0; at + 1 < given.starts.length; at++) {
    const one = episode();
    for (let step = given.starts[one]!; step < given.starts[one + 1]!; step++) steps.push(step);
    starts.push(steps.length);
  }
  const of = (values: Float64Array): Float64Array => Float64Array.from(steps, (step) => values[step]!);
  return {
    ...{ discount: given.discount, starts: Int32Array.from(starts), rewards: of(given.rewards) },
    ...{ propensities: of(given.propensities), probabilities: of(given.probabilities) },
    ...{ q: of(given.q!), v: of(given.v!) },
  };
}

describe("estimates of episodes", () => {
  test("have all estimators with their intervals, where enough of the log says something", () => {
    const {
      episodes,
      effectiveEpisodes: effective,
      refusal,
      estimates,
    } = estimateEpisodes(logged(1, 3000, mixture(0.1, optimum, behaviour)));
    expect([episodes, refusal]).toEqual([3000, undefined]);
    expect(effective).toBeGreaterThan(LEAST_EFFECTIVE_EPISODES);
    expect(estimates.map(({ name }) => name)).toEqual(["IS", "WIS", "PDIS", "CWPDIS", "DM", "DR", "WDR", "MAGIC"]);
    for (const { value, interval, standardError } of estimates) {
      expect((interval[0] + interval[1]) / 2).toBeCloseTo(value, 12);
      expect(interval[1] - interval[0]).toBeCloseTo(2 * 1.959963984540054 * standardError, 9);
    }
  });

  test("without a model have those that need none", () => {
    const { q: _q, v: _v, ...plain } = logged(1, 3000, mixture(0.1, optimum, behaviour));
    expect(estimateEpisodes(plain).estimates.map(({ name }) => name)).toEqual(["IS", "WIS", "PDIS", "CWPDIS"]);
  });

  test("are refused where the support is thin", () => {
    const { refusal, estimates, effectiveEpisodes: effective } = estimateEpisodes(logged(1000, 5000, optimum));
    expect(estimates).toEqual([]);
    expect(effective).toBeLessThan(1);
    expect(refusal).toMatch(/^5000 episodes of the log say as much as 0\.\d of the target, 100 are needed$/);
  });

  test("are refused where a propensity is missing", () => {
    const given = logged(1, 200, behaviour);
    given.propensities[7] = Number.NaN;
    const { refusal, estimates, effectiveEpisodes: effective } = estimateEpisodes(given);
    expect(refusal).toBe(`the log lacks the propensity of 1 of ${given.rewards.length} steps, and none is guessed`);
    expect([estimates, effective]).toEqual([[], undefined]);
  });

  const two: LoggedEpisodes = {
    ...{ starts: Int32Array.of(0, 1, 2), discount: 1, rewards: f(1, 2) },
    ...{ propensities: f(0.5, 0.5), probabilities: f(0.5, 0.5), q: f(1, 1), v: f(1, 1) },
  };
  test.each([
    ["1 episodes; an error needs two at least", { starts: Int32Array.of(0, 2) }],
    ["start at 0 and end at 3, not at 0 and 2", { starts: Int32Array.of(0, 1, 3) }],
    ["each has a step at least", { starts: Int32Array.of(0, 0, 2) }],
    ["propensities[1] is 0; it lies above 0", { propensities: f(0.5, 0) }],
    ["propensities[0] is NaN; it lies above 0", { propensities: f(Number.NaN, 0.5) }],
    ["probabilities[0] is 1.5; it is from 0 to 1", { probabilities: f(1.5, 0.5) }],
    ["rewards[0] is Infinity; it is a finite number", { rewards: f(Infinity, 0.5) }],
    ["2 rewards and 1 v", { v: f(1) }],
    ["q and v come together", { v: undefined }],
    ["the discount is 1.5", { discount: 1.5 }],
  ])("episodes that are none throw: %s", (message, wrong) => {
    expect(() => weigh({ ...two, ...wrong })).toThrow(message);
  });
});
