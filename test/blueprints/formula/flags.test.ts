import { describe, expect, test } from "vitest";
import { compileFormula, type FormulaValue } from "../../../blueprints/index.ts";

const types = { clicked: "number", saved: "number", stay: "number", night: "boolean" } as const;
const flags = new Set(["clicked", "saved"]);
const value = (text: string, values: Readonly<Record<string, FormulaValue>>): FormulaValue =>
  compileFormula(text, types, { flags }).evaluate((name) => values[name]);

describe("a number that is 0 or 1 and stands for a condition", () => {
  test.each([
    ["if(clicked, 3, 2)", { clicked: 1 }, 3],
    ["if(clicked, 3, 2)", { clicked: 0 }, 2],
    ["if(clicked, 3, 2)", { clicked: null }, null],
    ["if(not clicked, 3, 2)", { clicked: 0 }, 3],
    ["if(clicked and saved, 3, 2)", { clicked: 1, saved: 0 }, 2],
    ["if(clicked or saved or night, 3, 2)", { clicked: 0, saved: 0, night: true }, 3],
    ["clicked and night", { clicked: 1, night: true }, true],
    ["1 + 9 * clicked", { clicked: 1 }, 10],
    ["-clicked", { clicked: 1 }, -1],
    ["max(clicked, saved, 0)", { clicked: 0, saved: 1 }, 1],
    ["clicked == saved", { clicked: 1, saved: 1 }, true],
    ["if(clicked == 1, clicked + 1, saved)", { clicked: 1 }, 2],
    ["coalesce(clicked, 0)", { clicked: null }, 0],
    ["let(c, 1 - clicked, if(saved, c, 5))", { clicked: 0, saved: 1 }, 1],
    ["if(if(clicked, saved, 0) > 0, stay, 1)", { clicked: 1, saved: 1, stay: 7 }, 7],
  ])("%s of %o is %s", (text, values, expected) => {
    expect(value(text, values)).toBe(expected);
  });

  test.each([
    ["if(stay, 3, 2)", "if needs a boolean, stay is a number"],
    ["let(c, clicked, if(c, 3, 2))", "if needs a boolean, c is a number"],
    ["clicked == true", "a number never equals a boolean"],
    ["if(clicked + saved, 3, 2)", "if needs a boolean, clicked + saved is a number"],
  ])("is none of %s", (text, problem) => {
    expect(() => compileFormula(text, types, { flags })).toThrow(problem);
  });

  test("is a number alone where formulas have no such names", () => {
    expect(() => compileFormula("if(clicked, 3, 2)", types)).toThrow("if needs a boolean, clicked is a number");
  });
});
