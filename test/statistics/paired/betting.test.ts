import { describe, expect, test } from "vitest";
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

  // In the heavy world the weights are up to 98. The same bets in Python find half of the proofs by 2,000 decisions there.
  test(
    "a better policy is proved by 2,500 decisions, with heavy weights in half of the logs by then and by 6,000 in all",
    { timeout: 60_000 },
    () => {
      expect(provedIn(world, "better", 2_500)).toBeGreaterThanOrEqual(world === "mild" ? 1 : 0.6);
      if (world === "heavy") expect(provedIn(world, "better", 6_000)).toBeGreaterThanOrEqual(0.99);
    },
  );

  test("one that is better by 0.016 is proved by 10,000", { timeout: 120_000 }, () => {
    expect(provedIn(world, "tiny", 10_000)).toBeGreaterThanOrEqual(0.98);
  });
});

test("wealth is what the bets make of 1, and each bet is made before its number is seen", () => {
  expect(betOnMean(new Float64Array(0))).toEqual({ now: 1, most: 1 });
  // The mean was 1 so far: nothing is bet.
  expect(betOnMean(Float64Array.of(3)).now).toBe(1);
  // Then it is (1 + 3) / 2, and the bet is 1 / (2.5 + 1), of an excess of 1 and squares of (1 + 4) / 2.
  expect(betOnMean(Float64Array.of(3, 0)).now).toBeCloseTo(1 - 1 / 3.5, 12);
  expect(betOnMean(Float64Array.of(3, 2, 0))).toEqual({
    now: expect.any(Number) as number,
    most: expect.closeTo(1 + 1 / 3.5, 12) as number,
  });
  expect(() => betOnMean(Float64Array.of(1, -0.1))).toThrow("values[1] is -0.1");
});
