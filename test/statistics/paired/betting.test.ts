import { describe, expect, test } from "vitest";
import { BETS } from "../../../statistics/paired/betting.ts";
import { betOnMean, gainsOver, PROOF } from "../../../statistics/index.ts";
import { logOf, worlds, type targets } from "../off-policy/world.ts";

/** `RUNS=1000 npx vitest run test/statistics/paired` measures more closely. */
const RUNS = Number(process.env["RUNS"] ?? 200);
const LOOKS = 20;

/** The share of logs in which a look finds the proof, at the latest after so many decisions. */
function provedIn(world: keyof typeof worlds, target: keyof typeof targets, decisions: number): number {
  let proved = 0;
  for (let run = 0; run < RUNS; run++) {
    const { weights, rewards } = logOf(world, run * 7919 + (world === "mild" ? 3 : 4), decisions, target);
    const gains = gainsOver(weights, rewards);
    const looks = Array.from({ length: LOOKS }, (_, look) => (decisions / LOOKS) * (look + 1));
    if (looks.some((count) => betOnMean(gains.subarray(0, count)).now >= PROOF)) proved++;
  }
  return proved / RUNS;
}

describe.each(Object.keys(worlds) as (keyof typeof worlds)[])("in the %s world, over 20 looks together", (world) => {
  test("a policy that is worth the same is taken for better in one log of twenty at most", { timeout: 120_000 }, () => {
    expect(provedIn(world, "equal", 10_000)).toBeLessThanOrEqual(0.05);
  });

  // In the heavy world the weights are up to 98: the best constant bet that one could choose behind it proves 19 of 20 by then.
  test(
    "a better policy is proved by 2,500 decisions, with heavy weights in four logs of five by then and by 6,000 in all",
    { timeout: 60_000 },
    () => {
      expect(provedIn(world, "better", 2_500)).toBeGreaterThanOrEqual(world === "mild" ? 1 : 0.8);
      if (world === "heavy") expect(provedIn(world, "better", 6_000)).toBeGreaterThanOrEqual(0.99);
    },
  );

  test("one that is better by 0.016 is proved by 10,000", { timeout: 120_000 }, () => {
    expect(provedIn(world, "tiny", 10_000)).toBeGreaterThanOrEqual(0.98);
  });
});

test("wealth is the mean of what constant bets make of 1, and no order of the numbers changes it", () => {
  const of = (...values: readonly number[]): number =>
    BETS.reduce((sum, bet) => sum + values.reduce((wealth, value) => wealth * (1 + bet * (value - 1)), 1), 0) /
    BETS.length;
  expect([Math.max(...BETS), Math.min(...BETS)]).toEqual([0.5, expect.closeTo(0.0099, 4)]);
  expect(betOnMean(new Float64Array(0))).toEqual({ now: 1, most: 1 });
  expect(betOnMean(Float64Array.of(3)).now).toBeCloseTo(of(3), 12);
  expect(betOnMean(Float64Array.of(1, 1, 1))).toEqual({
    now: expect.closeTo(1, 12) as number,
    most: expect.closeTo(1, 12) as number,
  });
  expect(betOnMean(Float64Array.of(3, 2, 0))).toEqual({
    now: expect.closeTo(of(3, 2, 0), 12) as number,
    most: expect.closeTo(of(3, 2), 12) as number,
  });
  expect(betOnMean(Float64Array.of(0, 2, 3)).now).toBeCloseTo(of(3, 2, 0), 12);
  expect(() => betOnMean(Float64Array.of(1, -0.1))).toThrow("values[1] is -0.1");
});
