import { isNullLiteral, type FormulaNode, type FormulaValue } from "./ast.ts";
import type { CompiledParts, Lookup } from "./compile-node.ts";

/** The reason that a name is missing, in words; `undefined`: it has none. */
export type WhyName = (name: string) => string | undefined;

const MOST_SHOWN = 80;

/**
 * The reason that a part is missing though its own parts are there; null: it is not so. For a part whose value is null.
 */
export function missingOfItself(node: FormulaNode, parts: CompiledParts, get: Lookup): string | null {
  const values = (some: readonly FormulaNode[]): readonly FormulaValue[] => some.map((each) => parts.of(each)(get));
  switch (node.kind) {
    case "binary": {
      const [left, right] = values([node.left, node.right]);
      if (left === null || right === null) return null;
      return (node.operator === "/" || node.operator === "%") && right === 0
        ? "division by zero"
        : "the result is no finite number";
    }
    case "call": {
      const args = values(node.args);
      return args.includes(null) ? null : `${node.name}(${args.join(", ")}) is no finite number`;
    }
    case "literal":
    case "name":
    case "negate":
    case "not":
    case "if":
    case "coalesce":
    case "let":
      return null;
  }
}

/** The first cause in the order of evaluation. For a formula whose value is null. */
export function whyMissing(
  formula: string,
  root: FormulaNode,
  parts: CompiledParts,
  get: Lookup,
  whyName: WhyName = () => undefined,
): string {
  /** The names that the formula gives itself, with the reasons of those that are missing. */
  const reasons = new Map<string, string | undefined>();
  const value = (node: FormulaNode): FormulaValue => parts.of(node)(get);
  const shown = ({ start, end }: FormulaNode): string =>
    end - start <= MOST_SHOWN ? formula.slice(start, end) : `${formula.slice(start, start + MOST_SHOWN)}…`;

  const why = (node: FormulaNode): string => {
    const own = missingOfItself(node, parts, get);
    if (own !== null) return `${shown(node)}: ${own}`;
    switch (node.kind) {
      case "literal":
        return "null is written there";
      case "name": {
        const reason = reasons.has(node.name) ? reasons.get(node.name) : whyName(node.name);
        return reason === undefined ? `${node.name} is missing` : `${node.name} is missing: ${reason}`;
      }
      case "negate":
      case "not":
        return why(node.operand);
      case "if": {
        const condition = value(node.condition);
        return why(condition === null ? node.condition : condition === true ? node.then : node.otherwise);
      }
      case "let":
        for (const binding of node.bindings) {
          const found = value(binding.value);
          reasons.set(binding.name, found === null && !isNullLiteral(binding.value) ? why(binding.value) : undefined);
          parts.cell(binding).value = found;
        }
        return why(node.body);
      case "coalesce":
        return why(node.args.at(-1)!);
      case "call":
        return why(node.args.find((arg) => value(arg) === null)!);
      case "binary":
        return why(value(node.left) === null ? node.left : node.right);
    }
  };
  return why(root);
}
