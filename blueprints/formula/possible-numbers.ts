import type { ArithmeticOperator, OrderOperator } from "./ast.ts";
import { FORMULA_FUNCTIONS } from "./functions.ts";
import { hasNumbers, nothingPossible, someNumber, someTruth, type Possible } from "./possible.ts";

/** Results above and below are missing values. */
function within(low: number, high: number, missing: boolean): Possible {
  if (Number.isNaN(low) || Number.isNaN(high)) return someNumber();
  const cut = low < -Number.MAX_VALUE || high > Number.MAX_VALUE;
  return someNumber(Math.max(low, -Number.MAX_VALUE), Math.min(high, Number.MAX_VALUE), missing || cut);
}

function span(values: readonly number[], missing: boolean): Possible {
  return within(Math.min(...values), Math.max(...values), missing);
}

/**
 * Every operation is monotone in each operand within its domain, so the ends of the ranges give the ends of the result.
 */
export function arithmetic(operator: ArithmeticOperator, a: Possible, b: Possible): Possible {
  const missing = a.missing || b.missing;
  if (!hasNumbers(a) || !hasNumbers(b)) return { ...nothingPossible, missing };
  switch (operator) {
    case "+":
      return within(a.low + b.low, a.high + b.high, missing);
    case "-":
      return within(a.low - b.high, a.high - b.low, missing);
    case "*":
      return span([a.low * b.low, a.low * b.high, a.high * b.low, a.high * b.high], missing);
    case "/":
      if (b.low === 0 && b.high === 0) return { ...nothingPossible, missing: true };
      if (b.low <= 0 && b.high >= 0) return someNumber();
      return span([a.low / b.low, a.low / b.high, a.high / b.low, a.high / b.high], missing);
    case "%": {
      const most = Math.max(Math.abs(b.low), Math.abs(b.high));
      const low = a.low < 0 ? Math.max(a.low, -most) : 0;
      const high = a.high > 0 ? Math.min(a.high, most) : 0;
      return someNumber(low, high, missing || (b.low <= 0 && b.high >= 0));
    }
  }
}

export function order(operator: OrderOperator, a: Possible, b: Possible): Possible {
  const missing = a.missing || b.missing;
  if (!hasNumbers(a) || !hasNumbers(b)) return { ...nothingPossible, missing };
  switch (operator) {
    case "<":
      return someTruth(a.low < b.high, a.high >= b.low, missing);
    case "<=":
      return someTruth(a.low <= b.high, a.high > b.low, missing);
    case ">":
      return someTruth(a.high > b.low, a.low <= b.high, missing);
    case ">=":
      return someTruth(a.high >= b.low, a.low < b.high, missing);
  }
}

/** For each function of one number, the start of its domain, and whether it grows with the number. */
const GROWING: Readonly<Record<string, number>> = {
  log: Number.MIN_VALUE,
  exp: -Number.MAX_VALUE,
  sqrt: 0,
  round: -Number.MAX_VALUE,
  floor: -Number.MAX_VALUE,
  ceil: -Number.MAX_VALUE,
  sign: -Number.MAX_VALUE,
  sigmoid: -Number.MAX_VALUE,
};

export function applied(name: string, args: readonly Possible[]): Possible {
  const missing = args.some((arg) => arg.missing);
  if (!args.every(hasNumbers)) return { ...nothingPossible, missing };
  const apply = FORMULA_FUNCTIONS.get(name)!.apply;
  const [first] = args as [Possible];
  const least = GROWING[name];
  if (least !== undefined) {
    if (first.high < least) return { ...nothingPossible, missing: true };
    return within(apply([Math.max(first.low, least)]), apply([first.high]), missing || first.low < least);
  }
  if (name === "abs") {
    const ends = [Math.abs(first.low), Math.abs(first.high)];
    return span(first.low <= 0 && first.high >= 0 ? [0, ...ends] : ends, missing);
  }
  // Functions of several numbers grow with each of them.
  if (name === "pow") return someNumber();
  return within(apply(args.map(({ low }) => low)), apply(args.map(({ high }) => high)), missing);
}
