import { describe, expect, test } from "vitest";
import { BETS } from "../../../statistics/paired/betting.ts";
import { betOnPolicy, PROOF, type Spread } from "../../../statistics/index.ts";
import { logOf, worlds, type targets } from "../off-policy/world.ts";

/** `RUNS=1000 npx vitest run test/statistics/paired` measures more closely. */
const RUNS = Number(process.env["RUNS"] ?? 200);
const LOOKS = 20;

const first = ({ weights, rewards, spreads }: ReturnType<typeof logOf>, count: number) => ({
  ...{ weights: weights.subarray(0, count), rewards: rewards.subarray(0, count) },
  spreads: spreads.slice(0, count),
});

const logAt = (world: keyof typeof worlds, target: keyof typeof targets, decisions: number, run: number) =>
  logOf(world, run * 7919 + (world === "mild" ? 3 : 4), decisions, target);

/** The share of logs in which there is a proof behind some decision: more than any looks find. */
function everProvedIn(world: keyof typeof worlds, target: keyof typeof targets, decisions: number): number {
  let proved = 0;
  for (let run = 0; run < RUNS; run++) {
    if (betOnPolicy(logAt(world, target, decisions, run)).most >= PROOF) proved++;
  }
  return proved / RUNS;
}

/** The share of logs in which a look finds the proof, at the latest after so many decisions. */
function provedIn(world: keyof typeof worlds, target: keyof typeof targets, decisions: number): number {
  let proved = 0;
  for (let run = 0; run < RUNS; run++) {
    const log = logAt(world, target, decisions, run);
    const looks = Array.from({ length: LOOKS }, (_, look) => (decisions / LOOKS) * (look + 1));
    if (looks.some((count) => betOnPolicy(first(log, count)).now >= PROOF)) proved++;
  }
  return proved / RUNS;
}

describe.each(Object.keys(worlds) as (keyof typeof worlds)[])("in the %s world, over 20 looks together", (world) => {
  test(
    "a policy that is worth the same is taken for better in one log of twenty at most, wherever one looks",
    { timeout: 120_000 },
    () => {
      expect(everProvedIn(world, "equal", 10_000)).toBeLessThanOrEqual(0.05);
    },
  );

  // In the heavy world the weights are up to 98: the best bet that one could choose behind it does not prove all by then.
  test(
    "a better policy is proved by 2,500 decisions, with heavy weights in nine logs of ten by then and by 6,000 in all",
    { timeout: 60_000 },
    () => {
      expect(provedIn(world, "better", 2_500)).toBeGreaterThanOrEqual(world === "mild" ? 1 : 0.9);
      if (world === "heavy") expect(provedIn(world, "better", 6_000)).toBeGreaterThanOrEqual(0.99);
    },
  );

  test("one that is better by 0.016 is proved by 10,000", { timeout: 120_000 }, () => {
    expect(provedIn(world, "tiny", 10_000)).toBeGreaterThanOrEqual(0.98);
  });
});

const unknown: Spread = { logged: new Float64Array(0), weights: new Float64Array(0) };
const spread = (logged: readonly number[], weights: readonly number[]): Spread => ({
  logged: Float64Array.from(logged),
  weights: Float64Array.from(weights),
});
const wealth = (...decisions: readonly (readonly [weight: number, reward: number, spread?: Spread])[]) =>
  betOnPolicy({
    weights: Float64Array.from(decisions, ([weight]) => weight),
    rewards: Float64Array.from(decisions, ([, reward]) => reward),
    spreads: decisions.map(([, , of = unknown]) => of),
  });
const mean = (...gains: readonly ((bet: number) => number)[]): number =>
  BETS.reduce((sum, bet) => sum + gains.reduce((all, gain) => all * (1 + bet * gain(bet)), 1), 0) / BETS.length;

test("wealth is the mean of what constant bets make of 1; without spreads their order changes nothing", () => {
  const of = (...gains: readonly number[]) => expect.closeTo(mean(...gains.map((gain) => () => gain)), 12) as number;
  expect([Math.max(...BETS), Math.min(...BETS)]).toEqual([0.5, expect.closeTo(0.0099, 4)]);
  expect(wealth()).toEqual({ now: 1, most: 1 });
  expect(wealth([3, 1]).now).toEqual(of(2));
  expect(wealth([1, 1], [7, 0], [1, 0.5])).toEqual({ now: of(0), most: of(0) });
  expect(wealth([3, 1], [5, 0.5], [0, 1])).toEqual({ now: of(2, 2, -1), most: of(2, 2) });
  expect(wealth([0, 1], [5, 0.5], [3, 1]).now).toEqual(of(2, 2, -1));
  expect(() => wealth([1, 1], [1, -0.1])).toThrow("rewards[1] is -0.1");
  expect(() => wealth([1, 1], [1, 1.1])).toThrow("rewards[1] is 1.1");
  expect(() => wealth([-1, 1])).toThrow("weights[0] is -1");
});

test("the mean of the rewards before is taken from a reward, less where the weight is large, and its own mean is added", () => {
  const both = spread([0.5, 0.5], [0.4, 1.6]);
  // The first decision has no reward before it. c is 1 at the second, and at most 0.3 / (λ 0.6) for the larger weight.
  const large = (bet: number): number => Math.min(1, 0.3 / (bet * 0.6));
  const added = (bet: number): number => 0.5 * -0.6 * 1 + 0.5 * 0.6 * large(bet);
  const first = (): number => 0.6;
  expect(wealth([1.6, 1, both], [0.4, 0, both]).now).toBeCloseTo(
    mean(first, (bet) => -0.6 * (0 - 1) + added(bet)),
    12,
  );
  expect(wealth([1.6, 1, both], [1.6, 0, both]).now).toBeCloseTo(
    mean(first, (bet) => 0.6 * (0 - large(bet)) + added(bet)),
    12,
  );
});

test("no decision ruins: of all weights and rewards a factor is 0.2 at least", () => {
  const ones: readonly [number, number][] = Array.from({ length: 50 }, () => [1, 1]);
  for (const rare of [0.5, 0.01, 1e-6]) {
    for (const share of [0, 0.1, 0.5, 1]) {
      const weights = [(1 - share) / (1 - rare), share / rare];
      const of = spread([1 - rare, rare], weights);
      for (const weight of weights) {
        for (const reward of [0, 1]) {
          const { now, most } = wealth(...ones, [weight, reward, of]);
          expect(most).toBeGreaterThanOrEqual(1);
          expect(now).toBeGreaterThanOrEqual(0.2);
        }
      }
    }
  }
});
