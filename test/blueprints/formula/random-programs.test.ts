import { expect, test } from "vitest";
import { compileFormula, FormulaError, type FormulaType } from "../../../blueprints/index.ts";
import { tokenize } from "../../../blueprints/formula/tokens.ts";
import { possibleValues } from "../../../blueprints/formula/possible-values.ts";
import { someNumber, someText, someTruth, type Possible } from "../../../blueprints/formula/possible.ts";
import { random } from "../random.ts";
import { NAMES, randomTree, textOf, valueOf, type Kind, type Value } from "./interpreter.ts";

const KINDS: readonly Kind[] = ["number", "boolean", "string"];
const TYPES: Readonly<Record<string, FormulaType>> = Object.fromEntries(
  KINDS.flatMap((kind) => NAMES[kind].map((name) => [name, kind])),
);
const RANGES: Readonly<Record<string, Possible>> = Object.fromEntries([
  ...NAMES.number.map((name) => [name, someNumber()]),
  ...NAMES.boolean.map((name) => [name, someTruth()]),
  ...NAMES.string.map((name) => [name, someText()]),
]);
const VALUES: Readonly<Record<Kind, readonly Value[]>> = {
  number: [0, -0, 1, -1, 2, 0.5, -2.5, 1e308, -1e308, 5e-324, 1e15, 3, null],
  boolean: [true, false, null],
  string: ["Rome", "free", "x", null],
};

const same = (a: Value, b: Value): boolean => a === b || (a === 0 && b === 0);

function isPossible(value: Value, of: Possible): boolean {
  if (value === null) return of.missing;
  if (typeof value === "boolean") return value ? of.true : of.false;
  if (typeof value === "number") return of.low <= value && value <= of.high;
  return typeof of.texts === "string" ? value !== "" || of.texts === "all" : of.texts.has(value);
}

test("60,000 random programs come to what a direct interpreter makes of them, in bounded work", () => {
  const next = random(20261129);
  const pick = <T>(all: readonly T[]): T => all[Math.floor(next() * all.length)]!;
  let missing = 0;
  for (let round = 0; round < 60_000; round++) {
    const tree = randomTree(pick(KINDS), next, 1 + (round % 5));
    const program = textOf(tree, next);
    const inputs = Object.fromEntries(KINDS.flatMap((kind) => NAMES[kind].map((name) => [name, pick(VALUES[kind])])));
    let formula;
    try {
      formula = compileFormula(program, TYPES);
    } catch (error) {
      // A bound is all that a well-typed program can break.
      if (error instanceof FormulaError && /more than|at most/.test(error.message)) continue;
      throw new Error(`${program} was refused`, { cause: error });
    }
    let lookups = 0;
    const value = formula.evaluate((name) => (lookups++, inputs[name]));
    const expected = valueOf(tree, inputs);
    if (!same(value, expected)) expect.fail(`${program} is ${value}, not ${expected}, for ${JSON.stringify(inputs)}`);
    expect(lookups).toBeLessThanOrEqual(tokenize(program).length);
    if (!isPossible(value, possibleValues(formula.root, RANGES))) {
      expect.fail(`${program} can be ${value}, for ${JSON.stringify(inputs)}`);
    }
    if (value !== null) continue;
    missing++;
    expect(formula.why((name) => inputs[name])).toMatch(/is missing|division by zero|no finite number|null is written/);
  }
  expect(missing).toBeGreaterThan(10_000);
});

const PIECES = [
  ..."x y late ok no city 1 0 .5 1e308 \"a\" 'b' true false null + - * / % < <= > >= == != and or not".split(" "),
  ..."( ) ( ) , , if( let( coalesce( log( min( pow( clamp( v, let(v, let(x, £ \u0000 \u{1f600} \" ' \\ = ; [ 1e 9".split(
    " ",
  ),
];

test("40,000 heaps of signs are accepted and total, or refused with a place inside them", () => {
  const next = random(19700101);
  const pick = <T>(all: readonly T[]): T => all[Math.floor(next() * all.length)]!;
  const inputs: Readonly<Record<string, unknown>> = { x: Number.NaN, y: "7", late: Infinity, ok: 1, no: {}, city: 5 };
  let accepted = 0;
  for (let round = 0; round < 40_000; round++) {
    const length = 1 + Math.floor(next() * (round % 100 === 0 ? 400 : 9));
    const program = Array.from({ length }, () => pick(PIECES)).join(next() < 0.5 ? " " : "");
    try {
      const formula = compileFormula(program, TYPES);
      accepted++;
      const value = formula.evaluate((name) => inputs[name] as Value);
      expect(value === null || ["boolean", "string"].includes(typeof value) || Number.isFinite(value)).toBe(true);
      formula.trace((name) => inputs[name] as Value);
      formula.why((name) => inputs[name] as Value);
    } catch (error) {
      if (!(error instanceof FormulaError)) throw new Error(`no FormulaError for ${program}`, { cause: error });
      expect(error.column).toBeGreaterThanOrEqual(1);
      expect(error.column).toBeLessThanOrEqual(program.length + 1);
      expect(error.caret).toContain("^");
    }
  }
  expect(accepted).toBeGreaterThan(500);
});

test("the work of an evaluation is bounded: each part is evaluated once at most, however often its name is used", () => {
  const chain = Array.from({ length: 140 }, (_, at) => `a${at}, ${at === 0 ? "x" : `a${at - 1} + a${at - 1}`}, `).join(
    "",
  );
  let lookups = 0;
  const value = compileFormula(`let(${chain}a139)`, TYPES).evaluate(() => (lookups++, 1));
  expect(value).toBe(2 ** 139);
  expect(lookups).toBe(1);
});
