import type { FormulaNode } from "./ast.ts";

/** Between 0 and 1, so that both stand on their sides. */
const HALF = 0.5;

/**
 * The tree of a formula in which some names are numbers that are 0 or 1, and stand for conditions too: where a
 * condition is wanted, such a name is one that holds at 1. Everywhere else it is the number.
 */
export function withFlags(root: FormulaNode, flags: ReadonlySet<string>): FormulaNode {
  const condition = (node: FormulaNode): FormulaNode => {
    if (node.kind !== "name" || !flags.has(node.name)) return plain(node);
    const { start, end } = node;
    return {
      kind: "binary",
      operator: ">",
      left: node,
      right: { kind: "literal", value: HALF, start, end },
      start,
      end,
    };
  };
  const plain = (node: FormulaNode): FormulaNode => {
    switch (node.kind) {
      case "literal":
      case "name":
        return node;
      case "negate":
        return { ...node, operand: plain(node.operand) };
      case "not":
        return { ...node, operand: condition(node.operand) };
      case "binary": {
        const of = node.operator === "and" || node.operator === "or" ? condition : plain;
        return { ...node, left: of(node.left), right: of(node.right) };
      }
      case "if":
        return {
          ...node,
          condition: condition(node.condition),
          then: plain(node.then),
          otherwise: plain(node.otherwise),
        };
      case "call":
      case "coalesce":
        return { ...node, args: node.args.map(plain) };
      case "let":
        return {
          ...node,
          bindings: node.bindings.map((binding) => ({ ...binding, value: plain(binding.value) })),
          body: plain(node.body),
        };
    }
  };
  return plain(root);
}
