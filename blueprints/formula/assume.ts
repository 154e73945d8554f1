import { isNullLiteral, type BinaryOperator, type FormulaNode } from "./ast.ts";
import { nothingPossible, only, textsInBoth, type Possible, type Ranges } from "./possible.ts";

/** The outcome of a condition: a value that is not false may be missing. */
export type Outcome = "true" | "false" | "not true" | "not false";

const OPPOSITE: Readonly<Record<Outcome, Outcome>> = {
  true: "false",
  false: "true",
  "not true": "not false",
  "not false": "not true",
};
const SWAPPED: Readonly<Record<string, BinaryOperator>> = { "<": ">", "<=": ">=", ">": "<", ">=": "<=" };
const NEGATED: Readonly<Record<string, BinaryOperator>> = {
  "<": ">=",
  "<=": ">",
  ">": "<=",
  ">=": "<",
  "==": "!=",
  "!=": "==",
};

/**
 * A chain of conditions assumes each of its beginnings again. Kept by the ranges known before, the condition and the
 * outcome.
 */
const assumed = new WeakMap<Ranges, Map<FormulaNode, Partial<Record<Outcome, Ranges>>>>();

/**
 * The possible values of names after a condition had this outcome. Only comparisons of a name with a constant are used.
 */
export function assume(node: FormulaNode, ranges: Ranges, outcome: Outcome): Ranges {
  let nodes = assumed.get(ranges);
  if (nodes === undefined) assumed.set(ranges, (nodes = new Map()));
  let outcomes = nodes.get(node);
  if (outcomes === undefined) nodes.set(node, (outcomes = {}));
  return (outcomes[outcome] ??= work(node, ranges, outcome));
}

function work(node: FormulaNode, ranges: Ranges, outcome: Outcome): Ranges {
  const isTrue = outcome === "true" || outcome === "not false";
  const orMissing = outcome === "not true" || outcome === "not false";
  switch (node.kind) {
    case "name":
      return narrowed(node.name, ranges, (of) => ({
        ...nothingPossible,
        true: isTrue && of.true,
        false: !isTrue && of.false,
        missing: orMissing && of.missing,
      }));
    case "not":
      return assume(node.operand, ranges, OPPOSITE[outcome]);
    case "binary":
      if (node.operator === "and" && isTrue) return assume(node.right, assume(node.left, ranges, outcome), outcome);
      if (node.operator === "or" && !isTrue) return assume(node.right, assume(node.left, ranges, outcome), outcome);
      return compared(node, ranges, isTrue, orMissing);
    case "literal":
    case "negate":
    case "if":
    case "call":
    case "coalesce":
    case "let":
      return ranges;
  }
}

function compared(
  { operator, left, right }: FormulaNode & { kind: "binary" },
  ranges: Ranges,
  isTrue: boolean,
  orMissing: boolean,
): Ranges {
  if (!Object.hasOwn(NEGATED, operator)) return ranges;
  if (right.kind === "name" && left.kind === "literal") {
    const swapped = { left: right, right: left, operator: SWAPPED[operator] ?? operator };
    return compared({ kind: "binary", start: 0, end: 0, ...swapped }, ranges, isTrue, orMissing);
  }
  if (left.kind !== "name" || right.kind !== "literal") return ranges;
  const holds = isTrue ? operator : NEGATED[operator];
  if (holds === undefined) return ranges;
  if (isNullLiteral(right)) {
    return narrowed(left.name, ranges, (of) =>
      holds === "==" ? { ...nothingPossible, missing: of.missing } : { ...of, missing: false },
    );
  }
  const { value } = right;
  return narrowed(left.name, ranges, (of) => {
    const missing = orMissing && of.missing;
    if (typeof value === "number") return { ...of, ...numbersThat(holds, value, of), missing };
    if (holds === "==") {
      const wanted = only(value);
      const truths = { true: of.true && wanted.true, false: of.false && wanted.false };
      return { ...nothingPossible, ...truths, texts: textsInBoth(of.texts, wanted.texts), missing };
    }
    if (typeof value === "boolean") return { ...of, true: of.true && !value, false: of.false && value, missing };
    const texts = typeof of.texts === "string" ? of.texts : new Set([...of.texts].filter((text) => text !== value));
    return { ...of, texts, missing };
  });
}

/** A name that is not known can be anything: nothing is learnt of it. */
function narrowed(name: string, ranges: Ranges, narrow: (of: Possible) => Possible): Ranges {
  const of = Object.hasOwn(ranges, name) ? ranges[name] : undefined;
  return of === undefined ? ranges : { ...ranges, [name]: narrow(of) };
}

function numbersThat(operator: BinaryOperator, value: number, { low, high }: Possible): Pick<Possible, "low" | "high"> {
  const least = operator === ">" ? beside(value, 1) : operator === ">=" || operator === "==" ? value : low;
  const most = operator === "<" ? beside(value, -1) : operator === "<=" || operator === "==" ? value : high;
  return { low: Math.max(low, least), high: Math.min(high, most) };
}

const float = new Float64Array(1);
const bits = new BigInt64Array(float.buffer);

/** The next number above (1) or below (−1). */
function beside(value: number, way: 1 | -1): number {
  if (value === 0) return way * Number.MIN_VALUE;
  float[0] = value;
  bits[0] = bits[0]! + BigInt(value > 0 ? way : -way);
  return float[0];
}
