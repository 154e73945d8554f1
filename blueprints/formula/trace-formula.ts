import type { FormulaNode, FormulaValue } from "./ast.ts";
import type { CompiledParts, Lookup } from "./compile-node.ts";
import { missingOfItself } from "./why-missing.ts";

/** One part of a formula with its result. */
export interface TraceStep {
  readonly text: string;
  readonly value: FormulaValue;
  /** Of a result that is missing though its parts are there: "division by zero". */
  readonly reason?: string;
}

/**
 * The parts of a formula in the order of evaluation, the whole formula last. Constants are left out, each name comes
 * once, of an `if` only the taken branch, and of a `coalesce` nothing behind the first that is there. For explanations,
 * not for the hot path.
 */
export function traceFormula(
  formula: string,
  root: FormulaNode,
  parts: CompiledParts,
  get: Lookup,
): readonly TraceStep[] {
  const steps: TraceStep[] = [];
  const seen = new Map<string, FormulaValue>();

  const tell = (text: string, value: FormulaValue, reason: string | null = null): void => {
    if (seen.has(text) && Object.is(seen.get(text), value)) return;
    seen.set(text, value);
    steps.push(reason === null ? { text, value } : { text, value, reason });
  };
  const visit = (node: FormulaNode): FormulaValue => {
    visitParts(node);
    const value = parts.of(node)(get);
    const reason = value === null ? missingOfItself(node, parts, get) : null;
    if (node.kind !== "literal") tell(formula.slice(node.start, node.end), value, reason);
    return value;
  };
  const visitParts = (node: FormulaNode): void => {
    switch (node.kind) {
      case "literal":
      case "name":
        return;
      case "negate":
      case "not":
        return void visit(node.operand);
      case "binary":
        visit(node.left);
        return void visit(node.right);
      case "call":
        return node.args.forEach(visit);
      case "if": {
        const condition = visit(node.condition);
        if (condition !== null) visit(condition === true ? node.then : node.otherwise);
        return;
      }
      case "coalesce":
        for (const arg of node.args) if (visit(arg) !== null) return;
        return;
      case "let":
        for (const binding of node.bindings) {
          const value = visit(binding.value);
          parts.cell(binding).value = value;
          tell(binding.name, value);
        }
        return void visit(node.body);
    }
  };
  visit(root);
  return steps;
}
