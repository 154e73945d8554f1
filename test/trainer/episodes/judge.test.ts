import { describe, expect, test } from "vitest";
import { endedEpisodes, checkSteps, type EpisodeSteps } from "../../../trainer/episodes/episode-steps.ts";
import { evaluateByCells, loggedEpisodes } from "../../../trainer/episodes/fitted-q-evaluation.ts";
import { judgeProposal, type ProposalVerdict } from "../../../trainer/episodes/judge.ts";
import {
  behaviour,
  chancesOf,
  mixture,
  myopic,
  optimum,
  policyFrom,
  simulate,
  valueOf,
} from "../../fixtures/worlds/fatigue.ts";
import type { Policy } from "../../fixtures/worlds/fatigue.ts";

/** `RUNS=200 npx vitest run test/trainer/episodes/judge` measures more closely. */
const RUNS = Number(process.env["RUNS"] ?? 12);
const EPISODES = Number(process.env["EPISODES"] ?? 1500);

const [learnt, held] = [simulate(1, 3000, behaviour), simulate(2, 5000, behaviour)];

async function judged(policy: Policy, from: EpisodeSteps = learnt, by: EpisodeSteps = held): Promise<ProposalVerdict> {
  const target = chancesOf(policy);
  return judgeProposal(await loggedEpisodes(by, target, await evaluateByCells(from, target, 0)));
}

describe("a proposal", () => {
  test("that is better is promoted, with its gain", async () => {
    const better = mixture(0.2, optimum, behaviour);
    const { promoted, gain, estimates, logged, reason, episodes, effectiveEpisodes } = await judged(better);
    expect([promoted, episodes]).toEqual([true, 5000]);
    expect(effectiveEpisodes).toBeGreaterThan(100);
    const truth = valueOf(better) - valueOf(behaviour);
    expect(gain!.interval[0]).toBeLessThan(truth);
    expect(gain!.interval[1]).toBeGreaterThan(truth);
    expect(gain!.interval[0]).toBeGreaterThan(0);
    expect(estimates.map(({ name }) => name)).toContain("MAGIC");
    expect(Math.abs(logged!.value - valueOf(behaviour))).toBeLessThan(4 * logged!.standardError);
    expect(reason).toMatch(
      /^it is worth 0\.\d{4} more than the log's 2\.\d{4} an episode \(95 %: 0\.\d{4} to 0\.\d{4}\)$/,
    );
  });

  test("that is the log itself is not", async () => {
    const { promoted, gain } = await judged(behaviour);
    expect(promoted).toBe(false);
    expect(Math.abs(gain!.value)).toBeLessThan(0.02);
    const plain = judgeProposal(await loggedEpisodes(held, chancesOf(behaviour)));
    expect([plain.promoted, plain.estimates.length]).toEqual([false, 4]);
    expect(plain.gain!.value).toBeCloseTo(0, 12);
    expect(plain.reason).toMatch(/^it is not proved better: /);
  });

  test("of which the log says too little is refused, however good it is", async () => {
    for (const policy of [optimum, myopic]) {
      const { promoted, refusal, reason, gain, estimates, logged } = await judged(policy);
      expect([promoted, gain, estimates]).toEqual([false, undefined, []]);
      expect(refusal).toMatch(/^5000 episodes of the log say as much as \d\.\d of the target, 100 are needed$/);
      expect(reason).toBe(refusal);
      expect(logged!.value).toBeGreaterThan(2.5);
    }
  });

  test("is refused where a propensity is missing, and where no two episodes have an end", async () => {
    const propensity = held.propensity.slice();
    propensity[5] = Number.NaN;
    expect((await judged(behaviour, learnt, { ...held, propensity })).refusal).toMatch(
      /^the log lacks the propensity of 1 of/,
    );
    const none = endedEpisodes({ ...held, terminal: new Uint8Array(held.steps) });
    expect(judgeProposal(await loggedEpisodes(none, chancesOf(behaviour))).refusal).toBe(
      "0 held-out episodes have an end, and an error needs two at least",
    );
  });

  test("that is worse than the log passes in at most 5 % of logs", async () => {
    const always = policyFrom(() => 1);
    const worse = [mixture(0.02, always, behaviour), mixture(0.1, myopic, behaviour), myopic];
    // The log itself is the hardest case: it is not worse, and the interval is as narrow as can be.
    for (const policy of RUNS < 100 ? worse : [...worse, behaviour]) {
      let passed = 0;
      for (let run = 0; run < RUNS; run++) {
        const [from, by] = [20_000, 10_000].map((seed) => simulate(seed + run, EPISODES, behaviour));
        passed += Number((await judged(policy, from, by)).promoted);
      }
      if (RUNS >= 100) console.info(`of ${RUNS} logs ${passed} passed; it is worth ${valueOf(policy).toFixed(4)}`);
      expect(passed).toBeLessThanOrEqual(Math.max(1, 0.05 * RUNS));
    }
  });
});

test("episodes without an end are left out", () => {
  const steps = simulate(3, 50, behaviour);
  const terminal = steps.terminal.slice();
  for (const episode of [0, 7, 49]) terminal[steps.starts[episode + 1]! - 1] = 0;
  const ended = endedEpisodes({ ...steps, terminal });
  checkSteps(ended);
  expect(ended.starts.length - 1).toBe(47);
  const first = steps.starts[1]!;
  expect(ended.features.subarray(0, 30)).toEqual(steps.features.subarray(3 * first, 3 * first + 30));
  expect(ended.reward.subarray(0, 10)).toEqual(steps.reward.subarray(first, first + 10));
});
