import { describe, expect, test } from "vitest";
import { judgeWatched } from "../../../../trainer/index.ts";
import { watchChecks } from "../../../../trainer/ladder/watched/checks/index.ts";
import type { WatchEvidence } from "../../../../trainer/ladder/watched/watch-check.ts";

const DAY = 24 * 3_600_000;
const AT = 1_000;
const gain = (low: number, high: number, decisions: number): WatchEvidence["comparison"] => ({
  ...{ ours: { auc: 0.7 }, theirs: { auc: 0.69 }, gain: { mean: (low + high) / 2, low, high, decisions } },
});
const watched: WatchEvidence = {
  ladder: {
    ...{ shadow: 500, canary: [], decisions: 100, watch: 400, giveUpAfterMs: 14 * DAY, latencyMs: 5 },
    guardrails: {},
  },
  ...{ metric: "auc", former: "m1", failure: null, comparison: gain(-0.01, 0.03, 120) },
  state: { state: "production", share: null, time: AT, reason: "test", by: "unit", ladder: true },
};
const judged = (more: Partial<WatchEvidence>, now = AT + DAY) => judgeWatched({ ...watched, ...more }, now);

describe("a model that is watched in production", () => {
  test("waits for the decisions that the blueprint names, and then stays", () => {
    const figures =
      "not proved worse than m1: auc 0.70000, m1 0.69000, on 120 labelled decisions since it is in production; the gain lies between -0.01000 and 0.03000";
    expect(judged({})).toEqual({ to: undefined, reason: `watched for 120 of 400 labelled decisions: ${figures}` });
    expect(judged({}, AT + 14 * DAY).to).toBeUndefined();
    expect(judged({}, AT + 14 * DAY + 1)).toEqual({
      to: "production",
      reason: `no longer watched after 14d: ${figures}`,
    });
    const all = judged({ comparison: gain(-0.01, 0.03, 400) });
    expect(all).toEqual({
      to: "production",
      reason: `no longer watched: ${figures.replace("120", "400")}`,
    });
    const none = { ours: {}, theirs: {}, gain: undefined };
    expect(judged({ comparison: none }).reason).toBe(
      "watched for 0 of 400 labelled decisions: not proved worse than m1: no labelled decisions by which auc compares it with m1",
    );
  });

  test("is rolled back where it is proved worse, at any look, whether it looks good in the mean or not", () => {
    expect(judged({ comparison: gain(-0.03, -0.001, 30) })).toEqual({
      to: "withdrawn",
      reason:
        "rolled back from production: worse than m1: auc 0.70000, m1 0.69000, on 30 labelled decisions since it is in production; the gain lies between -0.03000 and -0.00100",
    });
    // Also where the time is over, as after a stop of the process.
    expect(judged({ comparison: gain(-0.03, -0.001, 400) }, AT + 15 * DAY).to).toBe("withdrawn");
    expect(judged({ comparison: gain(-0.03, 0, 120) }).to).toBeUndefined();
  });

  test("is not rolled back by a few decisions, however clear they look", () => {
    expect(judged({ comparison: gain(-0.5, -0.5, 1) }).to).toBeUndefined();
    expect(judged({ comparison: gain(-0.5, -0.4, 29) }).to).toBeUndefined();
  });

  test("is rolled back where it fails a decision that the former one predicts", () => {
    expect(judged({ failure: { decisionId: "d7", reason: "no such entry" } })).toEqual({
      to: "withdrawn",
      reason: "rolled back from production: it can't predict decision d7, which m1 can: no such entry",
    });
    expect(new Set(watchChecks.map(({ name }) => name)).size).toBe(watchChecks.length);
  });
});
