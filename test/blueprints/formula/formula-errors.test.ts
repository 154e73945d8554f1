import { describe, expect, test } from "vitest";
import { compileFormula, FormulaError, type FormulaType } from "../../../blueprints/index.ts";

const NAMES: Readonly<Record<string, FormulaType>> = { risk: "number", ok: "boolean", city: "string" };

function errorOf(text: string): FormulaError {
  try {
    compileFormula(text, NAMES);
  } catch (error) {
    if (error instanceof FormulaError) return error;
    throw error;
  }
  throw new Error(`"${text}" was accepted`);
}

describe("an error has its column and says what to do", () => {
  const cases: readonly (readonly [string, number, RegExp])[] = [
    ["", 1, /expected a value, the formula ends here/],
    ["risk >", 7, /expected a value, the formula ends here/],
    ["risk > > 1", 8, /expected a value, found >/],
    ["(risk + 1", 10, /expected a closing parenthesis/],
    ["risk 1", 6, /expected an operator or the end, found 1/],
    ["risk = 1", 6, /unexpected character = \(write == to compare\)/],
    ["ok && ok", 4, /write and/],
    ["!ok", 1, /write not/],
    ["city == 'a", 9, /the string has no end/],
    ["risk > 3h", 9, /unexpected "h" right after a number/],
    ["risk > 1e999", 8, /too large a number/],
    ["risk > .1e-400", 8, / \.1e-400 is too small a number, and would be 0/],
    ["rsik > 1", 1, /unknown name "rsik" \(did you mean "risk"\?\)/],
    ["1 + unknown", 5, /unknown name "unknown" \(known: risk, ok, city\)/],
    ["toString == 1", 1, /unknown name "toString"/],
    ["flor(risk)", 1, /unknown function "flor" \(did you mean "floor"\?\)/],
    ["constructor(1)", 1, /unknown function "constructor"/],
    ["pow(risk)", 1, /pow takes 2 arguments, found 1/],
    ["log(1, 2)", 1, /log takes 1 argument, found 2/],
    ["min(1)", 1, /min takes 2 to 32 arguments, found 1/],
    ["if(ok, 1)", 1, /if takes 3 arguments, found 2/],
    ["1 < risk < 2", 10, /comparisons don't chain \(join them with and\)/],
    ["risk > null", 6, /null has no order/],
    ["ok + 1", 1, /\+ needs a number, ok is a boolean/],
    ["1 + city", 5, /\+ needs a number, city is a string/],
    ["city < 'b'", 1, /< needs a number/],
    ["not risk", 5, /not needs a boolean, risk is a number/],
    ["risk and ok", 1, /and needs a boolean/],
    ["-ok", 2, /- needs a number/],
    ["risk == city", 1, /a number never equals a string: risk == city/],
    ["if(risk, 1, 2)", 4, /if needs a boolean/],
    ["if(ok, 1, 'a')", 1, /both results of if must be of one type, found a number and a string/],
    ["log(city)", 5, /log needs a number/],
  ];
  for (const [text, column, message] of cases) {
    test(JSON.stringify(text), () => {
      const error = errorOf(text);
      expect(error.message).toMatch(message);
      expect(error.column).toBe(column);
    });
  }
});

test("a caret stands under the place, in its own line", () => {
  expect(errorOf("risk > 1 and\n  rsik < 2").caret).toBe("  rsik < 2\n  ^");
  expect(errorOf("risk >").caret).toBe("risk >\n      ^");
});

test("endless formulas and nestings are refused, not run into the stack", () => {
  expect(errorOf("1+".repeat(3000) + "1").message).toMatch(/at most 4000 characters/);
  expect(errorOf("1+".repeat(1500) + "1").message).toMatch(/more than 1000 tokens/);
  for (const text of ["(".repeat(400) + "1" + ")".repeat(400), "not ".repeat(900) + "ok", "-".repeat(900) + "1"]) {
    expect(errorOf(text).message).toMatch(/levels of nesting/);
  }
});

test("the longest chain that is allowed is evaluated", () => {
  expect(compileFormula("1" + "+1".repeat(499), {}).evaluate(() => null)).toBe(500);
});
