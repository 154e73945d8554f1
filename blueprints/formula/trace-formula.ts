import type { FormulaNode, FormulaType, FormulaValue } from "./ast.ts";
import { compileNode, type Lookup } from "./compile-node.ts";

/** One part of a formula with its result. */
export interface TraceStep {
  readonly text: string;
  readonly value: FormulaValue;
}

/**
 * The parts of a formula in the order of evaluation, the whole formula last. Constants are left out, each name comes
 * once, and of an `if` only the taken branch. For explanations, not for the hot path.
 */
export function traceFormula(
  formula: string,
  root: FormulaNode,
  names: Readonly<Record<string, FormulaType>>,
  get: Lookup,
): readonly TraceStep[] {
  const steps: TraceStep[] = [];
  const seen = new Set<string>();

  const visit = (node: FormulaNode): FormulaValue => {
    for (const part of partsOf(node)) visit(part);
    const value = compileNode(node, names)(get);
    if (node.kind === "if") {
      const condition = compileNode(node.condition, names)(get);
      if (condition !== null) visit(condition === true ? node.then : node.otherwise);
    }
    const text = formula.slice(node.start, node.end);
    if (node.kind !== "literal" && !seen.has(text)) {
      seen.add(text);
      steps.push({ text, value });
    }
    return value;
  };
  visit(root);
  return steps;
}

function partsOf(node: FormulaNode): readonly FormulaNode[] {
  switch (node.kind) {
    case "literal":
    case "name":
      return [];
    case "negate":
    case "not":
      return [node.operand];
    case "binary":
      return [node.left, node.right];
    case "call":
      return node.args;
    case "if":
      return [node.condition];
  }
}
