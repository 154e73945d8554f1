import { describe, expect, test } from "vitest";
import { compilePolicy, parseBlueprint, type FeatureVector } from "../../../blueprints/index.ts";
import { SMALL, small } from "../fixtures.ts";

const VECTOR: FeatureVector = [1400, "UA", 1, 12.5, 3];

function decide(formulas: string, decideBy: string, vector = VECTOR, delayed: number | null = 0.5) {
  const text = SMALL.replace("    risk: delayed", formulas).replace("risk > 0.35", decideBy);
  return compilePolicy(parseBlueprint(text)).decide(vector, { delayed });
}

test("the label's name is the prediction, and formulas build on earlier ones", () => {
  const formulas = "    risk: delayed\n    cost: risk * 10\n    worth: cost > 4";
  expect(decide(formulas, "worth")).toBe(true);
  expect(decide(formulas, "worth", VECTOR, 0.39)).toBe(false);
});

test("a formula can't use a later one", () => {
  expect(() => decide("    cost: risk * 10\n    risk: delayed", "cost > 1")).toThrow(/"risk" is written below "cost"/);
});

test("features are read from the logged vector, booleans as booleans, windows as numbers", () => {
  expect(decide("    risk: delayed", 'night and carrier == "UA" and m_arr > 12 and n_arr == 3')).toBe(true);
  expect(decide("    risk: delayed", "night", [1, "UA", 0, null, null])).toBe(false);
});

describe("a decision is null", () => {
  const policy = compilePolicy(small());

  test("without a prediction", () => {
    expect(policy.decide(VECTOR, { delayed: null })).toBe(null);
    expect(policy.decide(VECTOR, {})).toBe(null);
  });

  test("when a feature it needs is missing, and only then", () => {
    expect(decide("    risk: delayed", "m_arr > 1", [1, null, null, null, null])).toBe(null);
    expect(decide("    risk: delayed", "m_arr > 1 or delayed > 0.1", [1, null, null, null, null])).toBe(true);
  });
});

test("a trace tells the formulas and then the decision, step by step", () => {
  expect(compilePolicy(small()).trace(VECTOR, { delayed: 0.5 })).toEqual([
    { formula: "risk", steps: [{ text: "delayed", value: 0.5 }] },
    {
      formula: "decide",
      steps: [
        { text: "risk", value: 0.5 },
        { text: "risk > 0.35", value: true },
      ],
    },
  ]);
});
