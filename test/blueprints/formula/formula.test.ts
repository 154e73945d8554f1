import { describe, expect, test } from "vitest";
import { compileFormula, type FormulaType, type FormulaValue } from "../../../blueprints/index.ts";
import { canonicalFormula } from "../../../blueprints/formula/index.ts";

const NAMES: Readonly<Record<string, FormulaType>> = {
  x: "number",
  y: "number",
  missing: "number",
  p: "boolean",
  q: "boolean",
  unsure: "boolean",
  s: "string",
  free: "any",
};
const VALUES: Readonly<Record<string, FormulaValue | undefined>> = { x: 7, y: 2, p: true, q: false, s: "a", free: 3 };

function run(text: string, values = VALUES): FormulaValue {
  return compileFormula(text, NAMES).evaluate((name) => values[name]);
}

function table(rows: readonly (readonly [string, FormulaValue])[]): void {
  for (const [text, value] of rows) test(`${text} is ${JSON.stringify(value)}`, () => expect(run(text)).toBe(value));
}

describe("precedence", () => {
  table([
    ["1 + 2 * 3", 7],
    ["(1 + 2) * 3", 9],
    ["10 - 4 - 3", 3],
    ["24 / 4 / 3", 2],
    ["-x + 1", -6],
    ["2 * -x", -14],
    ["- - x", 7],
    ["x % 4 * 2", 6],
    ["1 + 1 == 2", true],
    ["x > 5 and y > 5 or p", true],
    ["p or q and q", true],
    ["(p or q) and q", false],
    ["not p or p", true],
    ["not (p or p)", false],
    ["not x == 8", true],
    ["not not p", true],
  ]);
});

describe("values", () => {
  table([
    ["1.5e2", 150],
    [".5", 0.5],
    ['"a\\"b"', 'a"b'],
    ["'a\\n'", "a\n"],
    ["s == 'a'", true],
    ["s != 'a'", false],
    ["p == true", true],
    ["true", true],
    ["if(x > y, 'more', 'less')", "more"],
    ["if(q, 1, 2)", 2],
    ["free + 1", 4],
  ]);
});

describe("functions", () => {
  table([
    ["log(1)", 0],
    ["exp(0)", 1],
    ["sqrt(9)", 3],
    ["abs(-3)", 3],
    ["min(x, y, 5)", 2],
    ["max(x, y, 5)", 7],
    ["clamp(x, 0, 5)", 5],
    ["clamp(-1, 0, 5)", 0],
    ["pow(2, 10)", 1024],
    ["round(2.5)", 3],
    ["floor(-1.5)", -2],
  ]);
});

describe("missing values", () => {
  table([
    ["missing + 1", null],
    ["-missing", null],
    ["missing * 0", null],
    ["max(1, missing)", null],
    ["missing > 1", null],
    ["missing == missing", null],
    ["missing != 1", null],
    ["missing == null", true],
    ["null != missing", false],
    ["x == null", false],
    ["null == null", true],
    ["if(missing > 1, 1, 2)", null],
    ["if(missing == null, 0, missing)", 0],
    ["null", null],
    ["if(p, null, 1)", null],
  ]);

  test("and, or and not are three-valued", () => {
    const text = { true: "p", false: "q", null: "unsure" };
    const and = { "true,true": true, "true,false": false, "true,null": null, "false,null": false, "null,null": null };
    const or = { "true,false": true, "false,false": false, "true,null": true, "false,null": null, "null,null": null };
    for (const [operator, truth] of Object.entries({ and, or })) {
      for (const [pair, value] of Object.entries(truth)) {
        const [a, b] = pair.split(",") as [keyof typeof text, keyof typeof text];
        expect(run(`${text[a]} ${operator} ${text[b]}`), `${a} ${operator} ${b}`).toBe(value);
        expect(run(`${text[b]} ${operator} ${text[a]}`), `${b} ${operator} ${a}`).toBe(value);
      }
    }
    expect(run("not unsure")).toBe(null);
  });

  test("a result that is no finite number is missing", () => {
    for (const text of ["1 / 0", "0 / 0", "log(-1)", "log(0)", "sqrt(-1)", "exp(1000)", "1 % 0", "1e308 * 10"]) {
      expect(run(text), text).toBe(null);
    }
  });

  test("NaN, infinity, undefined and a value of another type than declared count as missing", () => {
    for (const x of [Number.NaN, Number.POSITIVE_INFINITY, undefined, "7", true]) {
      expect(run("x == null", { x }), String(x)).toBe(true);
    }
    expect(run("p == null", { p: 1 })).toBe(true);
    expect(run("s == null", { s: 1 })).toBe(true);
  });
});

test("a formula says its type and the names it uses, each once", () => {
  const formula = compileFormula("if(x > y and x > 1, s, 'b')", NAMES);
  expect(formula.type).toBe("string");
  expect(formula.names).toEqual(["x", "y", "s"]);
  expect(compileFormula("x > 1", NAMES).type).toBe("boolean");
  expect(compileFormula("x + 1", NAMES).type).toBe("number");
  expect(compileFormula("free", NAMES).type).toBe("any");
});

test("only the branch that is taken is evaluated", () => {
  const asked: string[] = [];
  compileFormula("if(p, x, y) > 0 and q and x > 0", NAMES).evaluate((name) => {
    asked.push(name);
    return VALUES[name];
  });
  expect(asked).toEqual(["p", "x", "q"]);
});

test("a trace tells every step once, in the order of evaluation, the whole last", () => {
  expect(compileFormula("x > 5 and max(x, y) > 2 * y", NAMES).trace((name) => VALUES[name])).toEqual([
    { text: "x", value: 7 },
    { text: "x > 5", value: true },
    { text: "y", value: 2 },
    { text: "max(x, y)", value: 7 },
    { text: "2 * y", value: 4 },
    { text: "max(x, y) > 2 * y", value: true },
    { text: "x > 5 and max(x, y) > 2 * y", value: true },
  ]);
});

test("a trace leaves out the branch of an if that was not taken", () => {
  const steps = compileFormula("if(q, x, y + 1)", NAMES).trace((name) => VALUES[name]);
  expect(steps.map(({ text }) => text)).toEqual(["q", "y", "y + 1", "if(q, x, y + 1)"]);
});

test("the canonical form has one space between tokens and keeps texts as they are", () => {
  expect(canonicalFormula("  x>1 and  s=='a  b' ")).toBe("x > 1 and s == 'a  b'");
});
