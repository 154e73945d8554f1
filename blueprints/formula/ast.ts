/** A missing value is `null`; a number is always finite. */
export type FormulaValue = number | boolean | string | null;

export type FormulaType = "number" | "boolean" | "string" | "any";

export type ArithmeticOperator = "+" | "-" | "*" | "/" | "%";
export type OrderOperator = "<" | "<=" | ">" | ">=";
export type EqualityOperator = "==" | "!=";
export type LogicOperator = "and" | "or";
export type BinaryOperator = ArithmeticOperator | OrderOperator | EqualityOperator | LogicOperator;

/** The loosest first; operators of one level bind from left to right. */
export const OPERATORS = Object.freeze([
  ["or"],
  ["and"],
  ["not"],
  ["==", "!=", "<", "<=", ">", ">="],
  ["+", "-"],
  ["*", "/", "%"],
] as const);

/** Offsets into the formula's text, 0-based, `end` exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export type FormulaNode = Span &
  (
    | { readonly kind: "literal"; readonly value: FormulaValue }
    | { readonly kind: "name"; readonly name: string }
    | { readonly kind: "negate"; readonly operand: FormulaNode }
    | { readonly kind: "not"; readonly operand: FormulaNode }
    | {
        readonly kind: "binary";
        readonly operator: BinaryOperator;
        readonly left: FormulaNode;
        readonly right: FormulaNode;
      }
    | {
        readonly kind: "if";
        readonly condition: FormulaNode;
        readonly then: FormulaNode;
        readonly otherwise: FormulaNode;
      }
    | { readonly kind: "call"; readonly name: string; readonly args: readonly FormulaNode[] }
  );

export function isNullLiteral(node: FormulaNode): boolean {
  return node.kind === "literal" && node.value === null;
}
