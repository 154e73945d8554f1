import { describe, expect, test } from "vitest";
import {
  BlueprintError,
  checkBlueprint,
  compareBlueprints,
  compilePolicy,
  parseBlueprint,
  type FeatureVector,
} from "../../../blueprints/index.ts";
import { SMALL, small } from "../fixtures.ts";

const VECTOR: FeatureVector = [1400, "UA", 1, 12.5, 3];
const withParams = (params: string, decide = "risk * w > t"): string =>
  SMALL.replace("policy:\n", `policy:\n  params: ${params}\n`).replace("risk > 0.35", decide);
const BOTH = "{ w: { default: 2.0, min: 0, max: 5 }, t: { default: 1, min: -1, max: 1 } }";

describe("a policy with parameters", () => {
  const policy = compilePolicy(parseBlueprint(withParams(BOTH)));

  test("decides by their defaults, or by the values that are set", () => {
    expect(policy.defaults).toEqual({ w: 2, t: 1 });
    expect(policy.decide(VECTOR, { delayed: 0.6 })).toBe(true);
    expect(policy.decide(VECTOR, { delayed: 0.6 }, { w: 1.5, t: 1 })).toBe(false);
    expect(policy.decide(VECTOR, { delayed: 0.6 }, { t: 0 })).toBe(true);
    expect(policy.decide(VECTOR, { delayed: 0.6, w: 0 }, {})).toBe(true);
  });

  test("tells their values step by step, and they are never missing", () => {
    const steps = policy.trace(VECTOR, { delayed: 0.5 }, { w: 4, t: 1 }).at(-1)!.steps;
    expect(steps).toContainEqual({ text: "w", value: 4 });
    expect(steps).toContainEqual({ text: "risk * w", value: 2 });
    expect(policy.why(VECTOR, {}, { w: 4, t: 1 })).toBe("risk is missing: delayed is missing");
  });
});

describe("the version", () => {
  test("of a policy without parameters is that of before", () => {
    const { version } = small();
    expect(parseBlueprint(SMALL.replace("policy:\n", "policy:\n  params: {}\n")).version).toBe(version);
  });

  test("changes with a default and a bound, and not with the order of the names", () => {
    const versions = [
      BOTH,
      "{ w: { default: 2, min: 0, max: 5 }, t: { default: 0.5, min: -1, max: 1 } }",
      "{ w: { default: 2, min: 0, max: 6 }, t: { default: 1, min: -1, max: 1 } }",
    ].map((params) => parseBlueprint(withParams(params)).version);
    expect(new Set(versions).size).toBe(3);
    const turned = "{ t: { max: 1, min: -1, default: 1.0 }, w: { default: 2, min: 0, max: 5 } }";
    expect(parseBlueprint(withParams(turned)).version).toBe(versions[0]);
  });

  test("is compared with another one by name", () => {
    const other = withParams("{ w: { default: 3, min: 0, max: 5 }, t: { default: 1, min: -1, max: 1 } }");
    expect(compareBlueprints(parseBlueprint(withParams(BOTH)), parseBlueprint(other)).map(({ text }) => text)).toEqual([
      "policy.params.w: 2 (0 to 5) → 3 (0 to 5)",
    ]);
  });
});

test("a comparison that no value within the bounds can change is warned of", () => {
  const warned = (decide: string): readonly string[] =>
    checkBlueprint(withParams(BOTH, decide)).warnings.map(({ message }) => message);
  expect(warned("delayed > t + 3")).toEqual([expect.stringContaining("delayed > t + 3 is never true")]);
  expect(warned("delayed > t")).toEqual([]);
});

describe("is refused with its place", () => {
  test.each([
    ["3", /policy.params: expected a section of names, each with default, min and max, found 3/],
    ["{ w: 2 }", /policy.params.w: expected a section with default, min, max, found 2 \(write \{ default: 1/],
    ["{ w: { default: 2, min: 0 } }", /policy.params.w.max: missing field "max"/],
    ["{ w: { min: 0, max: 5 } }", /policy.params.w.default: missing field "default"/],
    ["{ w: { default: 9, min: 0, max: 5 } }", /policy.params.w.default: the default 9 is not from 0 to 5/],
    ["{ w: { default: 1, min: 1, max: 1 } }", /policy.params.w.min: min 1 is not below max 1/],
    ["{ w: { default: .nan, min: 0, max: 1 } }", /policy.params.w.default: expected a number from/],
    ["{ w: { default: 1, min: 0, max: .inf } }", /policy.params.w.max: expected a number from/],
    ["{ w: { default: 1, min: 0, max: 5, step: 1 } }", /policy.params.w.step: unknown field "step"/],
    ["{ W: { default: 1, min: 0, max: 5 } }", /"W" is no name/],
    ["{ if: { default: 1, min: 0, max: 5 } }", /"if" is a word of the formula language/],
    ["{ delayed: { default: 1, min: 0, max: 5 } }", /"delayed" is a label or a feature already/],
    ["{ distance: { default: 1, min: 0, max: 5 } }", /"distance" is a label or a feature already/],
    ["{ risk: { default: 1, min: 0, max: 5 } }", /policy.formulas.risk: "risk" is a parameter already/],
    [`{ ${Array.from({ length: 65 }, (_, at) => `p${at}: { default: 1, min: 0, max: 5 }`).join(", ")} }`, /at most 64/],
  ])("%s", (params, said) => {
    try {
      parseBlueprint(withParams(params, "delayed > 0.5"));
    } catch (error) {
      expect(error).toBeInstanceOf(BlueprintError);
      expect((error as BlueprintError).problems.map(({ message }) => message).join("\n")).toMatch(said);
      return;
    }
    expect.fail("it was accepted");
  });

  test("a mistake in one parameter is told once, and not again where it is used", () => {
    try {
      parseBlueprint(withParams("{ w: { default: 9, min: 0, max: 5 }, t: { default: 1, min: -1, max: 1 } }"));
    } catch (error) {
      expect((error as BlueprintError).problems).toHaveLength(1);
      return;
    }
    expect.fail("it was accepted");
  });

  test("a let can't take the name of a parameter", () => {
    expect(() => parseBlueprint(withParams(BOTH, "'let(w, 1, w > risk)'"))).toThrow(
      /"w" is the name of something else/,
    );
  });
});
