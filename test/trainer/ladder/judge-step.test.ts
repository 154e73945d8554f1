import { describe, expect, test } from "vitest";
import { judgeStep } from "../../../trainer/index.ts";
import { ladderChecks } from "../../../trainer/ladder/checks/index.ts";
import type { GuardrailFigures } from "../../../trainer/ladder/guardrail-figures.ts";
import type { LadderEvidence } from "../../../trainer/ladder/ladder-check.ts";

const DAY = 24 * 3_600_000;
const AT = 1_000;
const state = (share: number | null = null): LadderEvidence["state"] => ({
  ...{ state: share === null ? "shadow" : "canary", share, time: AT, reason: "test", by: "unit", ladder: true },
});
const gain = (low: number, high: number, decisions = 600): LadderEvidence["comparison"] => ({
  ...{ ours: { auc: 0.7 }, theirs: { auc: 0.69 }, gain: { mean: (low + high) / 2, low, high, decisions } },
});
const good: LadderEvidence = {
  ladder: {
    ...{ shadow: 500, canary: [0.05, 0.5], decisions: 100, watch: null, giveUpAfterMs: 14 * DAY, latencyMs: 5 },
    guardrails: { cost: { direction: "rise", most: 0.1 } },
  },
  ...{ metric: "auc", tolerance: 0.05, state: state(), rival: "m1" },
  ...{ trial: { decisions: 200, ms: 0.2, failure: null }, failure: null },
  ...{ comparison: gain(-0.01, 0.03), episodes: null, own: 0, guardrails: [] },
};
const judged = (more: Partial<LadderEvidence>, now = AT + DAY) => judgeStep({ ...good, ...more }, now);
const cost = (canary: readonly number[], production: readonly number[], units = 300): GuardrailFigures => {
  const [arm, other] = [canary, production].map(([mean, reach]) => ({
    ...{ mean: mean!, low: mean! - reach!, high: mean! + reach!, units },
  }));
  return { ...{ name: "cost", direction: "rise", most: 0.1 }, canary: arm, production: other };
};
const harmless = [cost([1, 0.1], [1, 0.1])];

describe("a model on the ladder", () => {
  test("takes the next step of its blueprint, with all that spoke for it", () => {
    expect(judged({})).toEqual({
      to: { canary: 0.05 },
      reason:
        "no worse than m1 by 0.03450: auc 0.70000, m1 0.69000, on 600 decisions that neither has learnt from; the gain lies between -0.01000 and 0.03000; 600 labelled decisions in shadow",
    });
    expect(judged({ state: state(0.05), own: 100, guardrails: harmless }).to).toEqual({ canary: 0.5 });
    expect(judged({ state: state(0.5), own: 100, guardrails: harmless }).to).toBe("production");
    // By a share that the blueprint does not name: the next larger one.
    expect(judged({ state: state(0.3), own: 100, guardrails: harmless }).to).toEqual({ canary: 0.5 });
    expect(judged({ ladder: { ...good.ladder, canary: [] } }).to).toBe("production");
  });

  test.each([
    ["too few in shadow", { comparison: gain(-0.01, 0.03, 499) }, "499 of the 500 labelled decisions in shadow"],
    [
      "too few of its own",
      { state: state(0.05), own: 99, guardrails: harmless },
      "99 of the 100 labelled decisions of its own as canary 5%",
    ],
    ["a wide interval", { comparison: gain(-0.04, 0.03) }, "not yet proved no worse than m1 by 0.0345"],
    [
      "too few to compare, however bad they look",
      { comparison: gain(-0.5, -0.4, 29) },
      "29 of the 30 decisions that are needed to compare it with m1",
    ],
    ["no metric", { comparison: { ours: {}, theirs: {}, gain: undefined } }, "no labelled decisions by which auc"],
    [
      "few units",
      { state: state(0.05), own: 100, guardrails: [cost([1, 1], [1, 1], 29)] },
      "cost is known of 29 units of the canary and 29 others, and 30 of each are needed",
    ],
    [
      "worse, not proved",
      { state: state(0.05), own: 100, guardrails: [cost([1.2, 0.1], [1, 0.1])] },
      "higher by 0.1000 is allowed: not yet proved",
    ],
  ] as const)("waits with %s", (_, more, reason) => {
    const { to, reason: told } = judged(more);
    expect(to).toBeUndefined();
    expect(told).toContain(reason);
    const late = judged(more, AT + 15 * DAY);
    expect(late.to).toBe("withdrawn");
    expect(late.reason).toMatch(/^rolled back from (shadow|canary 5%): after 14d /);
    expect(late.reason).toContain(reason);
  });

  test.each([
    ["proved worse", { comparison: gain(-0.02, -0.001) }, "worse than m1: auc 0.7"],
    [
      "a breach",
      { state: state(0.05), own: 5, guardrails: [cost([1.4, 0.1], [1, 0.1])] },
      "cost is 1.4000 of 300 units of the canary and 1.0000 of 300 others, and higher by 0.1000 is allowed",
    ],
    [
      "a crash",
      { trial: { decisions: 9, ms: null, failure: { decisionId: "d7", reason: "no such entry" } } },
      "it can't predict decision d7: no such entry",
    ],
    ["a failed row", { failure: { decisionId: "d8", reason: "none" } }, "it can't predict decision d8: none"],
    [
      "a slow file",
      { trial: { decisions: 200, ms: 6.25, failure: null } },
      "it takes 6.25 ms a decision, the median of the newest 200, and 5 ms are allowed",
    ],
  ] as const)("is rolled back for %s, whatever else is missing", (_, more, reason) => {
    const { to, reason: told } = judged({ ...more });
    expect(to).toBe("withdrawn");
    expect(told).toMatch(/^rolled back from /);
    expect(told).toContain(reason);
  });

  test("that learnt from episodes is judged in shadow by what its policy would be worth", () => {
    const by = (gain: readonly [number, number] | undefined, decisions = 600): Partial<LadderEvidence> => ({
      comparison: { ours: {}, theirs: {}, gain: undefined },
      episodes: {
        returns: undefined,
        estimate: {
          ...{ madeBy: "m1", episodes: 200, decisions, returned: 2, refusal: "4 are needed" },
          effective: gain && 120.24,
          gain: gain && { mean: (gain[0] + gain[1]) / 2, low: gain[0], high: gain[1], units: 200 },
        },
      },
    });
    expect(judged(by([-0.1, 0.3]))).toEqual({
      to: { canary: 0.05 },
      reason:
        "no worse than m1 by 0.1000: an episode is worth 0.1000 more, between -0.1000 and 0.3000, by 200 episodes of m1, which return 2.0000 and say as much as 120.2 of its own; 600 labelled decisions in shadow",
    });
    expect(judged(by([-0.1, 0.3], 499))).toMatchObject({ to: undefined });
    expect(judged(by([-0.11, 0.3])).reason).toMatch(/^not yet proved no worse than m1 by 0.1000: an episode is worth/);
    expect(judged(by([-0.3, -0.001]))).toMatchObject({
      to: "withdrawn",
      reason: expect.stringMatching(
        /^rolled back from shadow: worse than m1: an episode is worth -0.1505 more/,
      ) as string,
    });
    expect(judged(by(undefined)).reason).toBe("no estimate by the episodes of m1 since its training: 4 are needed");
    expect(judged(by(undefined), AT + 15 * DAY).to).toBe("withdrawn");
  });

  test("that learnt from episodes is judged as the canary by what these return", () => {
    const by = (
      share: number,
      [value, reach]: readonly [number, number],
      { units = 60, own = 100, tooNew = 0, ofNoArm = 0 } = {},
    ): Partial<LadderEvidence> => ({
      ...{ state: state(share), own, comparison: { ours: {}, theirs: {}, gain: undefined } },
      episodes: {
        estimate: undefined,
        returns: {
          canary: { mean: 2 + value, low: 1, high: 3, units, episodes: 80 },
          production: { mean: 2, low: 1.9, high: 2.1, units: 300, episodes: 400 },
          difference: { value, low: value - reach, high: value + reach },
          ...{ tooNew, ofNoArm },
        },
      },
    });
    expect(judged(by(0.05, [0.2, 0.5], { tooNew: 12, ofNoArm: 3 }))).toEqual({
      to: { canary: 0.5 },
      reason:
        "no worse than m1 by 0.1000 so far: an episode returns 2.2000 in 80 episodes of 60 units of the canary and 2.0000 in 400 of 300 others; the difference lies between -0.3000 and 0.7000; beside them are 12 not over or too new and 3 of no arm; 100 labelled decisions of its own as canary 5%",
    });
    // For production it has to be proved.
    expect(judged(by(0.5, [0.2, 0.5]))).toMatchObject({
      to: undefined,
      reason: expect.stringMatching(/^not yet proved no worse than m1 by 0.1000: an episode returns/) as string,
    });
    expect(judged(by(0.5, [0.2, 0.3])).to).toBe("production");
    expect(judged(by(0.5, [0.2, 0.3], { own: 99 })).to).toBeUndefined();
    // Worse by more than is tolerated, and that is not proved.
    expect(judged(by(0.05, [-0.101, 0.5])).to).toBeUndefined();
    expect(judged(by(0.05, [-0.101, 0.5]), AT + 15 * DAY).to).toBe("withdrawn");
    expect(judged(by(0.05, [-0.3, 0.2])).reason).toBe(
      "rolled back from canary 5%: worse than m1: an episode returns 1.7000 in 80 episodes of 60 units of the canary and 2.0000 in 400 of 300 others; the difference lies between -0.5000 and -0.1000",
    );
    expect(judged(by(0.05, [-0.3, 0.2], { units: 29 })).reason).toBe(
      "returns of episodes are known of 29 units of the canary and 300 others, and 30 of each are needed",
    );
  });

  test("a bound of what may fall is breached downwards alone, and a mean below 0 has a share of its size", () => {
    const figures = (canary: number, production: number): GuardrailFigures => ({
      ...cost([canary, 0.05], [production, 0.05]),
      direction: "fall",
    });
    const of = (canary: number, production: number) =>
      judged({ state: state(0.05), own: 100, guardrails: [figures(canary, production)] }).to;
    expect([of(0.7, 1), of(1.5, 1), of(-1.3, -1), of(-0.5, -1)]).toEqual([
      "withdrawn",
      { canary: 0.5 },
      "withdrawn",
      { canary: 0.5 },
    ]);
  });

  test("few decisions say nothing of its speed, and each check has a name of its own", () => {
    expect(judged({ trial: { decisions: 19, ms: 50, failure: null } }).to).toEqual({ canary: 0.05 });
    expect(new Set(ladderChecks.map(({ name }) => name)).size).toBe(ladderChecks.length);
  });
});
