import type { FormulaNode, FormulaType, FormulaValue } from "./ast.ts";
import { checkTypes, type CheckOptions } from "./check-types.ts";
import { compileNode, type Lookup } from "./compile-node.ts";
import { parseFormula } from "./parse-formula.ts";
import { tokenize } from "./tokens.ts";
import { traceFormula, type TraceStep } from "./trace-formula.ts";

export interface Formula {
  readonly text: string;
  readonly type: FormulaType;
  /** The names it refers to, each once, in the order of their first use. */
  readonly names: readonly string[];
  readonly root: FormulaNode;
  /** Never throws. A missing operand makes arithmetic and comparisons missing (`null`); `and`/`or` are three-valued. */
  evaluate(get: Lookup): FormulaValue;
  /** The steps of one evaluation, for an explanation. */
  trace(get: Lookup): readonly TraceStep[];
}

/** Throws `FormulaError` with the column if the text does not parse, has an unknown name or mixes types. */
export function compileFormula(
  text: string,
  names: Readonly<Record<string, FormulaType>>,
  options: CheckOptions = {},
): Formula {
  const root = parseFormula(text);
  const type = checkTypes(text, root, names, options);
  const evaluate = compileNode(root, names);
  return Object.freeze({
    text,
    type,
    names: [...new Set(namesIn(root))],
    root,
    evaluate,
    trace: (get: Lookup) => traceFormula(text, root, names, get),
  });
}

/** The formula with one space between tokens: texts that differ only in whitespace have one canonical form. */
export function canonicalFormula(text: string): string {
  return tokenize(text)
    .filter((token) => token.kind !== "end")
    .map((token) => token.text)
    .join(" ");
}

function namesIn(node: FormulaNode): readonly string[] {
  switch (node.kind) {
    case "literal":
      return [];
    case "name":
      return [node.name];
    case "negate":
    case "not":
      return namesIn(node.operand);
    case "binary":
      return [...namesIn(node.left), ...namesIn(node.right)];
    case "if":
      return [...namesIn(node.condition), ...namesIn(node.then), ...namesIn(node.otherwise)];
    case "call":
      return node.args.flatMap(namesIn);
  }
}
