import { describe, expect, test } from "vitest";
import { gate, gateChecks, type Evidence } from "../../../trainer/gates/index.ts";
import type { GateCheck } from "../../../trainer/gates/gate-check.ts";

const evidence: Evidence = {
  metric: "logLoss",
  holdoutRows: 80,
  candidate: { logLoss: 0.4, auc: 0.7 },
  constant: () => ({ logLoss: 0.6, auc: 0.5 }),
  rival: { modelId: "old", metrics: { logLoss: 0.5, auc: 0.8 } },
  inProduction: "old",
};
const of = (some: Partial<Evidence>): Evidence => ({ ...evidence, ...some });

test("a candidate that beats the model in production by the blueprint's metric goes there, with both figures", () => {
  expect(gate(evidence)).toEqual({
    promote: true,
    reason: "better than old: logLoss 0.40000, old 0.50000, on the newest 80 rows",
    checks: [{ check: "betterMetric", passed: true, reason: expect.stringContaining("better than old") as string }],
  });
});

test("by another metric the same candidate is refused: auc is better where it is larger", () => {
  expect(gate(of({ metric: "auc" }))).toMatchObject({
    promote: false,
    reason: "refused: not better than old: auc 0.70000, old 0.80000, on the newest 80 rows",
  });
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
  test("where it is equal, or equal up to the order of a sum", () => {
    for (const logLoss of [0.5, 0.5 * (1 - 1e-12)]) {
      expect(gate(of({ candidate: { logLoss } })).promote, String(logLoss)).toBe(false);
    }
    expect(gate(of({ candidate: { logLoss: 0.5 * (1 - 1e-6) } })).promote).toBe(true);
  });

  test("where its metric is not known, or is none", () => {
    expect(gate(of({ metric: "auc", candidate: { logLoss: 0.1 } }))).toMatchObject({
      promote: false,
      reason: "refused: not better than old: auc unknown, old 0.80000, on the newest 80 rows",
    });
    expect(gate(of({ candidate: { logLoss: Number.NaN } })).promote).toBe(false);
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
      "better than old: logLoss 0.40000, old 0.50000, on the newest 80 rows; calibration error of 0.4",
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
