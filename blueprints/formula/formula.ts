import { namesIn, type FormulaNode, type FormulaType, type FormulaValue } from "./ast.ts";
import { checkTypes, type CheckOptions } from "./check-types.ts";
import { compileNode, compileParts, type CompiledParts, type Lookup } from "./compile-node.ts";
import { withFlags } from "./flags.ts";
import { parseFormula } from "./parse-formula.ts";
import { tokenize } from "./tokens.ts";
import { traceFormula, type TraceStep } from "./trace-formula.ts";
import { whyMissing, type WhyName } from "./why-missing.ts";

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
  /**
   * The reason that the result is missing, in words: the first part that is missing of itself. Null: it is not missing.
   * @param whyName the reason that a name is missing, if it is known
   */
  why(get: Lookup, whyName?: WhyName): string | null;
}

/** Throws `FormulaError` with the column if the text does not parse, has an unknown name or mixes types. */
export function compileFormula(
  text: string,
  names: Readonly<Record<string, FormulaType>>,
  options: CheckOptions = {},
): Formula {
  const parsed = parseFormula(text);
  const root = options.flags === undefined ? parsed : withFlags(parsed, options.flags);
  const type = checkTypes(text, root, names, options);
  const evaluate = compileNode(root, names);
  let compiled: CompiledParts | undefined;
  /** For explanations alone. */
  const parts = (): CompiledParts => (compiled ??= compileParts(root, names));
  return Object.freeze({
    text,
    type,
    names: namesIn(root),
    root,
    evaluate,
    trace: (get: Lookup) => traceFormula(text, root, parts(), get),
    why: (get: Lookup, whyName?: WhyName) =>
      evaluate(get) === null ? whyMissing(text, root, parts(), get, whyName) : null,
  });
}

/** The formula with one space between tokens: texts that differ only in whitespace have one canonical form. */
export function canonicalFormula(text: string): string {
  return tokenize(text)
    .filter((token) => token.kind !== "end")
    .map((token) => token.text)
    .join(" ");
}
