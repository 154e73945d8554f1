import { isNullLiteral, type FormulaNode } from "./ast.ts";
import { assume } from "./assume.ts";
import { applied, arithmetic, order } from "./possible-numbers.ts";
import {
  anything,
  either,
  equality,
  hasNumbers,
  isNothing,
  nothingPossible,
  only,
  someNumber,
  someTruth,
  type Possible,
  type Ranges,
} from "./possible.ts";

/**
 * Called for every part with its possible values, after the parts inside it. Not called for a part that is never
 * evaluated.
 */
export type Seen = (node: FormulaNode, possible: Possible) => void;

/**
 * The possible values of a formula, given those of its names; never fewer than the real ones. A condition narrows the
 * ranges behind it: in `x > 0.5 and x < 0.3` the second comparison is never true.
 */
export function possibleValues(root: FormulaNode, ranges: Ranges, seen: Seen = () => undefined): Possible {
  const visit = (node: FormulaNode, known: Ranges): Possible => {
    const possible = come(node, known);
    if (!isNothing(possible)) seen(node, possible);
    return possible;
  };

  const come = (node: FormulaNode, known: Ranges): Possible => {
    switch (node.kind) {
      case "literal":
        return only(node.value);
      case "name":
        return (Object.hasOwn(known, node.name) ? known[node.name] : undefined) ?? anything;
      case "negate": {
        const of = visit(node.operand, known);
        return hasNumbers(of) ? someNumber(-of.high, -of.low, of.missing) : { ...nothingPossible, missing: of.missing };
      }
      case "not": {
        const of = visit(node.operand, known);
        return someTruth(of.false, of.true, of.missing);
      }
      case "if": {
        const condition = visit(node.condition, known);
        const then = condition.true ? visit(node.then, assume(node.condition, known, "true")) : nothingPossible;
        const otherwise = condition.false
          ? visit(node.otherwise, assume(node.condition, known, "false"))
          : nothingPossible;
        return either(either(then, otherwise), { ...nothingPossible, missing: condition.missing });
      }
      case "call":
        return applied(
          node.name,
          node.args.map((arg) => visit(arg, known)),
        );
      case "coalesce": {
        let found = nothingPossible;
        for (const arg of node.args) {
          const of = visit(arg, known);
          found = either(found, { ...of, missing: false });
          if (!of.missing) return found;
        }
        return { ...found, missing: true };
      }
      case "let": {
        let inner = known;
        for (const { name, value } of node.bindings) inner = { ...inner, [name]: visit(value, inner) };
        return visit(node.body, inner);
      }
      case "binary":
        return comeBinary(node, known);
    }
  };

  const comeBinary = (node: FormulaNode & { kind: "binary" }, known: Ranges): Possible => {
    const { operator, left, right } = node;
    const a = visit(left, known);
    switch (operator) {
      case "and": {
        const b = a.true || a.missing ? visit(right, assume(left, known, "not false")) : nothingPossible;
        const missing = (a.missing && (b.missing || b.true)) || (b.missing && a.true);
        return someTruth(a.true && b.true, a.false || b.false, missing);
      }
      case "or": {
        const b = a.false || a.missing ? visit(right, assume(left, known, "not true")) : nothingPossible;
        const missing = (a.missing && (b.missing || b.false)) || (b.missing && a.false);
        return someTruth(a.true || b.true, a.false && b.false, missing);
      }
      case "==":
      case "!=": {
        const b = visit(right, known);
        const equal =
          isNullLiteral(left) || isNullLiteral(right)
            ? someTruth(a.missing && b.missing, !isOnlyMissing(a) || !isOnlyMissing(b), false)
            : equality(a, b);
        return operator === "==" ? equal : someTruth(equal.false, equal.true, equal.missing);
      }
      case "<":
      case "<=":
      case ">":
      case ">=":
        return order(operator, a, visit(right, known));
      case "+":
      case "-":
      case "*":
      case "/":
      case "%":
        return arithmetic(operator, a, visit(right, known));
    }
  };

  return visit(root, ranges);
}

const isOnlyMissing = (one: Possible): boolean => isNothing({ ...one, missing: false });
