import { expect, test } from "vitest";
import { differenceByUnit, meanByUnit, returnsOf, type ArmRows } from "../../../statistics/index.ts";
import { judgeStep } from "../../../trainer/index.ts";
import { returnsNoLess } from "../../../trainer/ladder/checks/returns-no-less.ts";
import type { LadderEvidence } from "../../../trainer/ladder/ladder-check.ts";
import { random } from "../../blueprints/random.ts";
import { behaviour, mixture, myopic, optimum, simulate, valueOf, type Policy } from "../../fixtures/worlds/fatigue.ts";
import { step } from "./episodes.ts";

/** `RUNS=400 npx vitest run test/trainer/ladder/canary-trials` measures more closely. */
const RUNS = Number(process.env["RUNS"] ?? 60);
const POOL = 8_000;
/** Episodes on one step before the model gives up, and between two looks. */
const [MOST, LOOK] = [6_000, 100];
const SHARES = [0.2, 0.5];
const TOLERANCE = 0.1;

/** Returns of a policy's episodes, whose mean is exactly what it is worth. */
function poolOf(policy: Policy, seed: number): Float64Array {
  const { starts, reward, discount } = simulate(seed, POOL, policy);
  const returns = returnsOf({ starts, rewards: reward, discount });
  const mean = returns.reduce((sum, one) => sum + one, 0) / POOL;
  return returns.map((one) => one - mean + valueOf(policy));
}

interface Arm {
  readonly values: number[];
  readonly units: string[];
  /** Of each episode the number of its step. */
  readonly steps: number[];
}
const arm = (): Arm => ({ values: [], units: [], steps: [] });

/** Where a model ends that climbs by these returns, each of a unit of its own. */
function climbed(own: Float64Array, production: Float64Array, draw: () => number): string {
  const [ours, theirs] = [arm(), arm()];
  const take = ({ values, units, steps }: Arm, pool: Float64Array, at: number): void => {
    values.push(pool[Math.floor(draw() * POOL)]!);
    units.push(`${units.length}`);
    steps.push(at);
  };
  for (const [at, share] of SHARES.entries()) {
    for (let there = 0; ; there += LOOK) {
      if (there >= MOST) return "gave up";
      for (let episode = 0; episode < LOOK; episode++) {
        const place = draw();
        if (place < share) take(ours, own, at);
        // Units that change to the canary count for production no more.
        else if (place >= SHARES.at(-1)!) take(theirs, production, at);
      }
      const { to } = judgeStep(evidenceOf(ours, theirs, share), 2, [returnsNoLess]);
      if (to === "withdrawn") return to;
      if (to !== undefined) break;
    }
  }
  return "production";
}

function evidenceOf(ours: Arm, theirs: Arm, share: number): LadderEvidence {
  const countOf = ({ steps }: Arm, at: number): number => steps.filter((one) => one === at).length;
  const shares = SHARES.map((_, at) => countOf(ours, at) / Math.max(countOf(theirs, at), 1));
  const others: ArmRows = { ...theirs, weights: theirs.steps.map((at) => shares[at]!) };
  const returns = {
    canary: { ...meanByUnit(ours.values, ours.units)!, episodes: ours.values.length },
    production: { ...meanByUnit(others.values, others.units, others.weights)!, episodes: theirs.values.length },
    difference: differenceByUnit(ours, others),
    ...{ tooNew: 0, ofNoArm: 0 },
  };
  return {
    ladder: {
      ...{
        shadow: null,
        canary: SHARES,
        decisions: 30,
        watch: null,
        giveUpAfterMs: 1_000,
        latencyMs: 5,
        guardrails: {},
      },
    },
    ...{ metric: "logLoss", tolerance: TOLERANCE, state: step(1, share), rival: "m1", own: 1_000, guardrails: [] },
    ...{ trial: { decisions: 0, ms: null, failure: null }, failure: null },
    comparison: { ours: {}, theirs: {}, gain: undefined },
    episodes: { estimate: undefined, returns },
  };
}

test("of canaries looked at again and again, better and equal ones reach production, and those worse than tolerated do not", () => {
  const production = poolOf(behaviour, 1);
  const draw = random(3);
  const ends = (policy: Policy) => {
    const own = poolOf(policy, 7);
    const found = Array.from({ length: RUNS }, () => climbed(own, production, draw));
    return (end: string): number => found.filter((one) => one === end).length / RUNS;
  };
  const [better, equal] = [ends(mixture(0.2, optimum, behaviour)), ends(behaviour)];
  expect([better("production"), better("withdrawn")]).toEqual([1, 0]);
  expect(equal("production")).toBeGreaterThan(0.9);
  expect(equal("withdrawn")).toBeLessThanOrEqual(0.05);
  const worse = mixture(0.35, myopic, behaviour);
  expect(valueOf(worse)).toBeLessThan((1 - TOLERANCE) * valueOf(behaviour));
  const ended = ends(worse);
  expect(ended("production")).toBeLessThanOrEqual(0.05);
  expect(ended("withdrawn")).toBeGreaterThan(0.9);
});
