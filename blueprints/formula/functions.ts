export interface FormulaFunction {
  readonly minArguments: number;
  readonly maxArguments: number;
  readonly apply: (args: readonly number[]) => number;
}

function unary(apply: (x: number) => number): FormulaFunction {
  return { minArguments: 1, maxArguments: 1, apply: (args) => apply(args[0] ?? Number.NaN) };
}

/** Of functions that take any number of them. */
export const MOST_ARGUMENTS = 32;

/** All over numbers. A missing argument, or a result that is no finite number (log of −1), makes the result missing. */
export const FORMULA_FUNCTIONS: ReadonlyMap<string, FormulaFunction> = new Map<string, FormulaFunction>([
  ["log", unary(Math.log)],
  ["exp", unary(Math.exp)],
  ["sqrt", unary(Math.sqrt)],
  ["abs", unary(Math.abs)],
  ["round", unary(Math.round)],
  ["floor", unary(Math.floor)],
  ["ceil", unary(Math.ceil)],
  ["sign", unary(Math.sign)],
  ["sigmoid", unary((x) => 1 / (1 + Math.exp(-x)))],
  ["min", { minArguments: 2, maxArguments: MOST_ARGUMENTS, apply: (args) => Math.min(...args) }],
  ["max", { minArguments: 2, maxArguments: MOST_ARGUMENTS, apply: (args) => Math.max(...args) }],
  ["pow", { minArguments: 2, maxArguments: 2, apply: ([x = Number.NaN, y = Number.NaN]: readonly number[]) => x ** y }],
  [
    "clamp",
    {
      minArguments: 3,
      maxArguments: 3,
      apply: ([x = Number.NaN, low = Number.NaN, high = Number.NaN]: readonly number[]) =>
        Math.min(Math.max(x, low), high),
    },
  ],
]);

/** Words that can't be names: a formula could not refer to them. */
export const FORMULA_WORDS: ReadonlySet<string> = new Set(["and", "or", "not", "if", "true", "false", "null"]);
