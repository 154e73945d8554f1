import { describe, expect, test } from "vitest";
import {
  BlueprintError,
  checkBlueprint,
  compileFormula,
  FormulaError,
  parseBlueprint,
} from "../../../blueprints/index.ts";
import { SMALL } from "../fixtures.ts";
import { ACCEPTED, REJECTED, TYPES, VALUES } from "./programs.ts";

test("there are more than 150 programs, each once", () => {
  expect(ACCEPTED.length + REJECTED.length).toBeGreaterThan(200);
  expect(new Set([...ACCEPTED, ...REJECTED].map(([program]) => program)).size).toBe(ACCEPTED.length + REJECTED.length);
});

describe("accepted", () => {
  test.each(ACCEPTED)("%j comes to %j", (program, value) => {
    const found = compileFormula(program, TYPES).evaluate((name) => VALUES[name]);
    expect(found === 0 ? 0 : found).toBe(value);
  });
});

describe("rejected", () => {
  test.each(REJECTED)("%j at column %i: %s", (program, column, said) => {
    const error = refusalOf(() => compileFormula(program, TYPES), FormulaError);
    expect(error.message).toMatch(said);
    expect(error.column).toBe(column);
    expect(error.caret.split("\n").at(-1)).toBe(`${" ".repeat(column - 1)}^`);
  });
});

describe("a missing result has a reason", () => {
  test.each([
    ["x / zero", "x / zero: division by zero"],
    ["1 + x % zero", "x % zero: division by zero"],
    ["log(-x) > 1", "log(-x): log(-2) is no finite number"],
    ["1e308 * 10", "1e308 * 10: the result is no finite number"],
    ["gone + 1", "gone is missing"],
    ["not lost and ok", "lost is missing"],
    ["ok and lost", "lost is missing"],
    ["if(lost, 1, 2)", "lost is missing"],
    ["if(ok, gone, 2)", "gone is missing"],
    ["if(ok, null, 2)", "null is written there"],
    ["coalesce(gone, x / zero)", "x / zero: division by zero"],
    ["let(a, x / zero, b, a + 1, b > 1)", "b is missing: a is missing: x / zero: division by zero"],
    ["max(x, let(a, gone, a))", "a is missing: gone is missing"],
    ["x > gone", "gone is missing"],
    ["'Rome' == blank", "blank is missing"],
  ])("%s: %s", (program, reason) => {
    const formula = compileFormula(program, TYPES);
    expect(formula.evaluate((name) => VALUES[name])).toBe(null);
    expect(formula.why((name) => VALUES[name])).toBe(reason);
  });

  test("and a result that is there has none", () => {
    expect(compileFormula("x > 1", TYPES).why((name) => VALUES[name])).toBe(null);
  });

  test("a trace tells it at the part that is missing of itself", () => {
    expect(compileFormula("let(a, x / zero, coalesce(a, x))", TYPES).trace((name) => VALUES[name])).toEqual(
      [
        { text: "x", value: 2 },
        { text: "zero", value: 0 },
        { text: "x / zero", value: null, reason: "division by zero" },
        { text: "a", value: null },
        { text: "let(a, x / zero, coalesce(a, x))", value: 2 },
      ].flatMap((step, at) => (at === 4 ? [{ text: "coalesce(a, x)", value: 2 }, step] : [step])),
    );
  });

  test("a look-up that evaluates the same formula for other values changes nothing", () => {
    const formula = compileFormula("let(a, x + 1, a * y)", TYPES);
    const inner = (name: string): number => (name === "x" ? 10 : 1);
    expect(formula.evaluate((name) => (name === "y" ? formula.evaluate(inner) : 1))).toBe(22);
  });
});

describe("what is too long or nested too deep is refused at once, where it is", () => {
  /** Of processor time: on a machine that does other things, too, the clock says nothing. */
  const within = (limitMs: number, act: () => void): void => {
    const start = process.threadCpuUsage();
    act();
    const { user, system } = process.threadCpuUsage(start);
    expect((user + system) / 1_000).toBeLessThan(limitMs);
  };

  test.each([
    ["10,000 parentheses", "(".repeat(10_000) + "1" + ")".repeat(10_000)],
    ["a megabyte of text", "x + ".repeat(262_144) + "x"],
    ["a megabyte of one name", "x".repeat(1_048_576)],
    ["10,000 times not", "not ".repeat(10_000) + "ok"],
    ["101 parentheses", "(".repeat(101) + "1" + ")".repeat(101)],
    ["101 lets", "let(a, 1, ".repeat(101) + "1" + ")".repeat(101)],
    ["a name too many", "let(" + "a, 1, ".repeat(400) + "1)"],
  ])("%s", (_, program) => {
    within(100, () => {
      refusalOf(() => compileFormula(program, TYPES), FormulaError);
    });
    within(500, () => {
      const text = SMALL.replace("risk > 0.35", `'${program}'`);
      const { problems } = refusalOf(() => parseBlueprint(text), BlueprintError);
      expect(problems[0]!.message).toMatch(/at most|more than/);
    });
  });

  test("what is just not too long is evaluated", () => {
    const lets = "let(" + Array.from({ length: 240 }, (_, at) => `a${at}, ${at === 0 ? "x" : `a${at - 1}`}, `).join("");
    expect(compileFormula(`${lets}a239)`, TYPES).evaluate((name) => VALUES[name])).toBe(2);
    const nested = Array.from({ length: 99 }, (_, at) => `let(a${at}, ${at === 0 ? "x" : `a${at - 1}`}, `).join("");
    expect(compileFormula(`${nested}a98${")".repeat(99)}`, TYPES).evaluate((name) => VALUES[name])).toBe(2);
  });
});

describe("in a blueprint", () => {
  test("a mistake has a caret under it in the file's own line", () => {
    const text = SMALL.replace("risk > 0.35", "let(cost, risk * 2, cots > 1)");
    const { carets } = refusalOf(() => parseBlueprint(text, "small.yaml"), BlueprintError);
    const [said, line, caret] = carets.split("\n");
    expect(said).toContain('unknown name "cots" (did you mean "cost"?)');
    expect(line!.trim()).toContain("decide: let(cost, risk * 2, cots > 1)");
    expect(caret!.indexOf("^")).toBe(line!.indexOf("cots"));
  });

  test("an action is found behind a let and a coalesce", () => {
    const base = SMALL.replace("decisionSpace: boolean", "decisionSpace: { actions: [call, text] }");
    const good = `'let(pick, if(risk > 0.5, "call", null), coalesce(pick, "text"))'`;
    const bad = `'let(pick, if(risk > 0.5, "cal", null), coalesce(pick, "text"))'`;
    expect(parseBlueprint(base.replace("risk > 0.35", good)).policy.rule).toMatchObject({ kind: "decide" });
    expect(() => parseBlueprint(base.replace("risk > 0.35", bad))).toThrow(
      /"cal" is no action \(did you mean "call"\?\)/,
    );
  });

  test("a comparison behind a let is judged by the possible values of its name", () => {
    const warned = (decide: string): readonly string[] =>
      checkBlueprint(SMALL.replace("risk > 0.35", decide)).warnings.map(({ message }) => message);
    expect(warned('"let(twice, delayed * 2, twice > 3)"')).toEqual([
      expect.stringContaining("the decision is always false or null"),
      expect.stringContaining("twice > 3 is never true"),
    ]);
    expect(warned('"let(twice, delayed * 2, twice > 1)"')).toEqual([]);
    expect(warned('"coalesce(delayed, 2) > 1"')).toEqual([]);
  });
});

function refusalOf<E extends Error>(act: () => unknown, kind: new (...args: never[]) => E): E {
  try {
    act();
  } catch (error) {
    if (error instanceof kind) return error;
    throw error;
  }
  throw new Error("it was accepted");
}
