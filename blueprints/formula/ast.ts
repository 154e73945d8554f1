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
    /** The first of them that is not missing. */
    | { readonly kind: "coalesce"; readonly args: readonly FormulaNode[] }
    /** Each value is named for those behind it and for `body`. No name is that of something else in its reach. */
    | { readonly kind: "let"; readonly bindings: readonly Binding[]; readonly body: FormulaNode }
  );

/** A part of a formula under a name, with the name's place. */
export interface Binding extends Span {
  readonly name: string;
  readonly value: FormulaNode;
}

/** The parts of a node, in the order of the text. */
export function partsOf(node: FormulaNode): readonly FormulaNode[] {
  switch (node.kind) {
    case "literal":
    case "name":
      return [];
    case "negate":
    case "not":
      return [node.operand];
    case "binary":
      return [node.left, node.right];
    case "if":
      return [node.condition, node.then, node.otherwise];
    case "call":
    case "coalesce":
      return node.args;
    case "let":
      return [...node.bindings.map(({ value }) => value), node.body];
  }
}

/** The names that a formula refers to, each once, in the order of their first use; without those it gives itself. */
export function namesIn(root: FormulaNode): readonly string[] {
  const names = new Set<string>();
  const own = new Set<string>();
  const visit = (node: FormulaNode): void => {
    if (node.kind === "name") {
      if (!own.has(node.name)) names.add(node.name);
    } else if (node.kind === "let") {
      for (const { name, value } of node.bindings) {
        visit(value);
        own.add(name);
      }
      visit(node.body);
      for (const { name } of node.bindings) own.delete(name);
    } else for (const part of partsOf(node)) visit(part);
  };
  visit(root);
  return [...names];
}

export function isNullLiteral(node: FormulaNode): boolean {
  return node.kind === "literal" && node.value === null;
}
