import { describe, expect, test } from "vitest";
import { gate, gateChecks, type Evidence } from "../../../trainer/gates/index.ts";
import type { GateCheck } from "../../../trainer/gates/gate-check.ts";

const DAY = 86_400_000;

const asked = { slices: [], calibration: null };
const evidence: Evidence = {
  metric: "logLoss",
  rule: { ...asked, tolerance: 0.01, refreshAfterMs: 7 * DAY },
  holdoutRows: 80,
  holdoutShare: 0.1,
  candidate: { logLoss: 0.4, auc: 0.7 },
  constant: () => ({ logLoss: 0.6, auc: 0.5 }),
  rival: {
    ...{ modelId: "old", metrics: { logLoss: 0.5, auc: 0.8 } },
    gain: { mean: 0.1, low: 0.02, high: 0.18, decisions: 80 },
    ...{ trainedUntil: Date.UTC(2026, 0, 5), newerByMs: 3 * DAY },
  },
  ...{ slices: [], calibration: undefined, inProduction: "old" },
};
/** The rival with another gain over it. */
const gained = (mean: number, low: number, high: number): Evidence["rival"] & object => ({
  ...evidence.rival!,
  gain: { mean, low, high, decisions: 80 },
});
const of = (some: Partial<Evidence>): Evidence => ({ ...evidence, ...some });

test("a candidate that is proved better than the model in production by the blueprint's metric goes there, with both figures and the gain", () => {
  expect(gate(evidence)).toEqual({
    promote: true,
    reason:
      "better than old: logLoss 0.40000, old 0.50000, on the newest 80 rows; the gain lies between 0.02000 and 0.18000",
    checks: [{ check: "betterMetric", passed: true, reason: expect.stringContaining("better than old") as string }],
  });
});

test("a candidate that is worse is refused, and one that is better but not proved so", () => {
  expect(gate(of({ metric: "auc", rival: gained(-0.1, -0.2, 0) }))).toMatchObject({
    promote: false,
    reason:
      "refused: not better than old: auc 0.70000, old 0.80000, on the newest 80 rows; the gain lies between -0.20000 and 0.00000",
  });
  expect(gate(of({ rival: gained(0.1, -0.02, 0.22) }))).toMatchObject({
    promote: false,
    reason: expect.stringContaining("refused: not proved better than old: logLoss 0.40000, old 0.50000") as string,
  });
});

test("a candidate that is no worse than the tolerance replaces a model whose rows are old, and no other", () => {
  const close = gained(0.0001, -0.004, 0.0042);
  const old = { ...close, newerByMs: 8 * DAY };
  expect(gate(of({ rival: old }))).toMatchObject({
    promote: true,
    reason:
      "no worse than old by 0.00500, and 8.0 days newer: logLoss 0.40000, old 0.50000, on the newest 80 rows; the gain lies between -0.00400 and 0.00420",
  });
  expect(gate(of({ rival: close })).promote).toBe(false);
  expect(gate(of({ rival: { ...gained(-0.001, -0.006, 0.004), newerByMs: 8 * DAY } })).promote).toBe(false);
  expect(gate(of({ rival: old, rule: { ...asked, tolerance: 0.007, refreshAfterMs: 7 * DAY } })).promote).toBe(false);
  expect(gate(of({ rival: old, rule: { ...asked, tolerance: 0.01, refreshAfterMs: null } })).promote).toBe(false);
  expect(gate(of({ rival: close, rule: { ...asked, tolerance: 0.01, refreshAfterMs: 0 } })).promote).toBe(true);
});

test("without a model in production it is compared with a constant, also where one was taken out meanwhile", () => {
  for (const some of [{ rival: undefined, inProduction: undefined }, { inProduction: undefined }]) {
    expect(gate(of(some)).reason).toBe(
      "better than a constant: logLoss 0.40000, a constant 0.60000, on the newest 80 rows",
    );
  }
  const worse = of({ rival: undefined, inProduction: undefined, candidate: { logLoss: 0.7 } });
  expect(gate(worse)).toMatchObject({ promote: false, checks: [{ check: "betterMetric", passed: false }] });
});

describe("a candidate is refused", () => {
  test("where it is equal to a constant, or equal up to the order of a sum", () => {
    const first = { rival: undefined, inProduction: undefined };
    for (const logLoss of [0.6, 0.6 * (1 - 1e-12), Number.NaN]) {
      expect(gate(of({ ...first, candidate: { logLoss } })).promote, String(logLoss)).toBe(false);
    }
    expect(gate(of({ ...first, candidate: { logLoss: 0.6 * (1 - 1e-6) } })).promote).toBe(true);
  });

  test("where it is equal to the model in production", () => {
    expect(gate(of({ candidate: { logLoss: 0.5 }, rival: gained(0, 0, 0) })).promote).toBe(false);
  });

  test("where the metric of one of them is not known", () => {
    const rival = { ...evidence.rival!, gain: undefined };
    expect(gate(of({ metric: "auc", candidate: { logLoss: 0.1 }, rival }))).toMatchObject({
      promote: false,
      reason: "refused: not better than old: auc unknown, old 0.80000, on the newest 80 rows",
    });
  });

  test("where too few decisions are compared", () => {
    const rival = { ...evidence.rival!, gain: { ...evidence.rival!.gain!, decisions: 29 } };
    expect(gate(of({ rival }))).toMatchObject({
      promote: false,
      reason:
        "refused: 29 of the 30 decisions that are needed to compare it with old: logLoss 0.40000, old 0.50000, on the newest 80 rows",
    });
  });

  test("where the model in production has learnt from all rows that could judge it", () => {
    const none = { holdoutRows: 0, candidate: {}, rival: { ...evidence.rival!, metrics: {}, gain: undefined } };
    expect(gate(of(none)).reason).toBe(
      "refused: too few decisions are newer than the rows that old learnt from, which end at 2026-01-05T00:00:00.000Z; none is left to judge it by",
    );
    expect(gate(of({ ...none, holdoutShare: 0 })).reason).toBe("nothing was held out to judge it by");
  });

  test("where nothing was held out, whoever is in production", () => {
    for (const inProduction of [undefined, "old", "new"]) {
      const none = of({ holdoutRows: 0, candidate: {}, rival: undefined, inProduction });
      expect(gate(none)).toEqual({
        promote: false,
        reason: "nothing was held out to judge it by",
        checks: [{ check: "heldOut", passed: false, reason: "nothing was held out to judge it by" }],
      });
    }
  });

  test("where another model came into production, which nothing was compared with", () => {
    for (const rival of [evidence.rival, undefined]) {
      expect(gate(of({ inProduction: "new", rival }))).toEqual({
        promote: false,
        reason: "refused: new came into production meanwhile; train again",
        checks: [{ check: "sameRival", passed: false, reason: expect.stringContaining("new came into") as string }],
      });
    }
  });

  test("where one check refuses it though others pass it, and the record has what each of them said", () => {
    const calibration: GateCheck = {
      name: "calibration",
      verdict: ({ candidate }) => ({ passed: false, reason: `calibration error of ${candidate["logLoss"]}` }),
    };
    const verdict = gate(evidence, [...gateChecks, calibration]);
    expect(verdict.promote).toBe(false);
    expect(verdict.reason).toBe(
      "better than old: logLoss 0.40000, old 0.50000, on the newest 80 rows; the gain lies between 0.02000 and 0.18000; calibration error of 0.4",
    );
    expect(verdict.checks.map(({ check, passed }) => [check, passed])).toEqual([
      ["betterMetric", true],
      ["calibration", false],
    ]);
  });

  test("where no check has anything to say", () => {
    expect(gate(evidence, [])).toEqual({ promote: false, reason: "refused: no check could judge it", checks: [] });
  });
});

test("the constant is worked out only where it is asked for", () => {
  const constant = (): never => {
    throw new Error("asked");
  };
  expect(gate(of({ constant })).promote).toBe(true);
  expect(() => gate(of({ constant, inProduction: undefined }))).toThrow("asked");
});

describe("slices that the blueprint names", () => {
  const slice = (value: string, mean: number, high: number): Evidence["slices"][number] => ({
    ...{ feature: "carrier", value, theirs: 0.5, gain: { mean, low: mean - 1, high, decisions: 120 } },
  });
  const by = (slices: Evidence["slices"], more: Partial<Evidence> = {}) =>
    gate(of({ rule: { ...evidence.rule, slices: ["carrier"] }, slices, ...more }));

  test("refuse a candidate that is proved worse for one of them by more than is tolerated, and name it", () => {
    const { promote, reason } = by([slice("UA", -0.1, -0.02), slice("AA", 0.2, 0.3)]);
    expect(promote).toBe(false);
    expect(reason).toContain("refused: worse for carrier UA by 0.10000 of logLoss, old 0.50000 on 120 decisions");
    expect(reason).not.toContain("AA");
  });

  test("let it pass where that is not proved, or no more than is tolerated, and say how many were looked at", () => {
    const { promote, reason } = by([slice("UA", -0.1, 0.01), slice("AA", -0.004, -0.001), slice("missing", 0, 1)]);
    expect(promote).toBe(true);
    expect(reason).toContain("none of 3 slices by carrier is worse");
  });

  test("are not asked of a first model, nor where the blueprint names none", () => {
    const first = by([], { rival: undefined, inProduction: undefined });
    expect(first.checks.map(({ check }) => check)).toEqual(["betterMetric"]);
    expect(gate(of({ slices: [slice("UA", -0.1, -0.02)] })).promote).toBe(true);
  });

  test("that are many are told in part", () => {
    const many = Array.from({ length: 8 }, (_, at) => slice(`c${at}`, -0.1, -0.02));
    expect(by(many).reason).toMatch(/carrier c4 by 0\.10000 of logLoss, old 0\.50000 on 120 decisions and 3 more$/);
  });
});

describe("calibration", () => {
  const off = (excess: number, mean = 0.2, more: Partial<Evidence> = {}) =>
    gate(of({ rule: { ...evidence.rule, calibration: 0.1 }, calibration: { excess, mean }, ...more }));

  test("refuses predictions that are off by more of the mean label than is allowed, of a first model too", () => {
    expect(off(0.019).promote).toBe(true);
    expect(off(0.021).promote).toBe(false);
    expect(off(0.021).reason).toContain(
      "refused: badly calibrated: predictions are off by 0.02100 beyond chance, and 0.02000 is allowed",
    );
    expect(off(0.021, 0.2, { rival: undefined, inProduction: undefined }).promote).toBe(false);
    expect(off(0.021, -0.3).promote).toBe(true);
  });

  test("is not asked where the blueprint has no bound, nor of predictions that are no means", () => {
    expect(gate(of({ calibration: { excess: 9, mean: 1 } })).promote).toBe(true);
    expect(off(9, 1, { calibration: undefined }).promote).toBe(true);
  });
});

describe("units that neither model has learnt from", () => {
  const kept = {
    ...{ ours: { logLoss: 0.52, auc: 0.7 }, theirs: { logLoss: 0.5, auc: 0.8 }, rival: "old" as string | undefined },
    ...{ gain: { mean: -0.02, low: -0.03, high: -0.01, decisions: 37 }, rows: 420, units: 37, from: 0, until: DAY },
  };

  test("refuse a candidate that is proved worse for them by more than is tolerated, whatever the newest rows say", () => {
    expect(gate(of({ kept }))).toMatchObject({
      promote: false,
      reason: expect.stringContaining(
        "refused: worse than old for units that neither has learnt from: logLoss 0.52000, old 0.50000, on 420 rows of 37 kept units; the gain lies between -0.03000 and -0.01000",
      ) as string,
    });
    expect(gate(of({ kept, rule: { ...evidence.rule, tolerance: 0.05 } })).promote).toBe(true);
    expect(gate(of({ kept: { ...kept, gain: { ...kept.gain, high: 0.001 } } })).promote).toBe(true);
  });

  test("tell their figures where they refuse nothing, and promote nobody that the newest rows refuse", () => {
    const better = { ...kept, gain: { mean: 0.02, low: 0.01, high: 0.03, decisions: 400 } };
    expect(gate(of({ kept: better })).reason).toContain("for units that it has not learnt from: logLoss 0.52000");
    expect(gate(of({ kept: better, rival: gained(-0.1, -0.2, 0) })).promote).toBe(false);
    expect(gate(of({ kept: better, holdoutRows: 0, candidate: {} })).promote).toBe(false);
  });

  test("stand beside a constant where there was no model, and say nothing once another one is in production", () => {
    const alone = { ...kept, rival: undefined };
    const first = { rival: undefined, inProduction: undefined };
    expect(gate(of({ ...first, kept: alone })).reason).toContain("worse than a constant for units that neither");
    expect(gate(of({ kept: alone })).reason).not.toContain("units");
    expect(gate(of({ kept: { ...kept, rival: "former" } })).reason).not.toContain("units");
  });

  test("say nothing where they are too few, or have no such metric", () => {
    expect(gate(of({ kept: { ...kept, units: 29 } })).reason).not.toContain("kept units");
    expect(gate(of({ kept: { ...kept, gain: undefined } })).reason).not.toContain("units");
  });
});
