import { isNullLiteral, type FormulaNode, type FormulaType } from "./ast.ts";
import { FormulaError } from "./formula-error.ts";
import { unknownName } from "./unknown-name.ts";

/** The type of a formula that is `null` alone. */
type Checked = FormulaType | "null";

/** A name that is known, and that this formula can't use. */
export interface UnusableName {
  readonly reason: string;
  readonly hint: string;
}

export interface CheckOptions {
  /** A name that is not known may exist all the same: it is of any type. */
  readonly open?: boolean;
  /** Texts that were probably meant by a bare word without quotes. */
  readonly texts?: readonly string[];
  readonly unusable?: ReadonlyMap<string, UnusableName>;
  /** Numbers that are 0 or 1: they stand for conditions too. */
  readonly flags?: ReadonlySet<string>;
}

const ONE_TYPE = "write both as numbers, both as conditions or both as texts";

/** How a part becomes what is wanted of it. */
export function mendOf(text: string, found: Checked, wanted: FormulaType): string | null {
  if (wanted === "boolean") return found === "number" ? `compare it: ${text} > 0.5` : `compare it: ${text} == "…"`;
  if (wanted === "number") return found === "boolean" ? `write if(${text}, 1, 0)` : "a text is only compared: == or !=";
  return "texts stand in quotes, and an if chooses among them";
}

const neverEqual = (a: Checked, b: Checked): string =>
  [a, b].includes("boolean") ? "a boolean stands alone, or behind not" : "a number is written without quotes";

/**
 * The formula's type; `any` if it is always `null`. Throws `FormulaError` at an unknown name or a type that does not
 * fit.
 */
export function checkTypes(
  formula: string,
  root: FormulaNode,
  names: Readonly<Record<string, FormulaType>>,
  { open = false, texts = [], unusable }: CheckOptions = {},
): FormulaType {
  const fail = (node: FormulaNode, reason: string, hint: string | null = null): FormulaError =>
    new FormulaError(formula, node.start + 1, reason, hint);
  const textOf = (node: FormulaNode): string => formula.slice(node.start, node.end);

  const want = (node: FormulaNode, wanted: "number" | "boolean", by: string): void => {
    const found = typeOf(node);
    if (found === wanted || found === "any" || found === "null") return;
    throw fail(node, `${by} needs a ${wanted}, ${textOf(node)} is a ${found}`, mendOf(textOf(node), found, wanted));
  };

  /** The names in reach that the formula gives itself. */
  const own = new Map<string, Checked>();

  /** @param beside the other side of a comparison. */
  const typeOf = (node: FormulaNode, beside?: FormulaNode): Checked => {
    switch (node.kind) {
      case "literal":
        return node.value === null ? "null" : (typeof node.value as FormulaType);
      case "name": {
        const type = own.get(node.name) ?? (Object.hasOwn(names, node.name) ? names[node.name] : undefined);
        if (type !== undefined) return type;
        const problem = unusable?.get(node.name);
        if (problem !== undefined) throw fail(node, problem.reason, problem.hint);
        if (open) return "any";
        throw fail(node, `unknown name "${node.name}"`, unknownName(node.name, { names: known(), texts, beside }));
      }
      case "negate":
        want(node.operand, "number", "-");
        return "number";
      case "not":
        want(node.operand, "boolean", "not");
        return "boolean";
      case "binary":
        return typeOfBinary(node);
      case "if": {
        want(node.condition, "boolean", "if");
        return common(node.then, node.otherwise, (a, b) =>
          fail(node, `both results of if must be of one type, found a ${a} and a ${b}`, ONE_TYPE),
        );
      }
      case "call":
        for (const arg of node.args) want(arg, "number", node.name);
        return "number";
      case "coalesce":
        return node.args
          .map((arg) => [arg, typeOf(arg)] as const)
          .reduce<Checked>(
            (type, [arg, of]) =>
              unified(type, of, (a, b) =>
                fail(arg, `the values of coalesce must be of one type, found a ${a} and a ${b}`, ONE_TYPE),
              ),
            "null",
          );
      case "let": {
        for (const binding of node.bindings) {
          const type = typeOf(binding.value);
          const { name, start } = binding;
          if (own.has(name) || Object.hasOwn(names, name) || unusable?.has(name) === true)
            throw new FormulaError(
              formula,
              start + 1,
              `"${name}" is the name of something else`,
              "choose another name",
            );
          own.set(name, type);
        }
        const type = typeOf(node.body);
        for (const { name } of node.bindings) own.delete(name);
        return type;
      }
    }
  };

  /** For the hint at an unknown name. */
  const known = (): Readonly<Record<string, FormulaType>> => ({
    ...names,
    ...Object.fromEntries([...own].map(([name, type]) => [name, type === "null" ? "any" : type])),
  });

  const unified = (a: Checked, b: Checked, mismatch: (a: Checked, b: Checked) => FormulaError): Checked => {
    if (a === "null") return b;
    if (b === "null" || a === b) return a;
    if (a === "any" || b === "any") return "any";
    throw mismatch(a, b);
  };

  const common = (a: FormulaNode, b: FormulaNode, mismatch: (a: Checked, b: Checked) => FormulaError): Checked =>
    unified(typeOf(a, b), typeOf(b, a), mismatch);

  const typeOfBinary = (node: FormulaNode & { kind: "binary" }): Checked => {
    const { operator, left, right } = node;
    switch (operator) {
      case "and":
      case "or":
        want(left, "boolean", operator);
        want(right, "boolean", operator);
        return "boolean";
      case "==":
      case "!=":
        if (!isNullLiteral(left) || !isNullLiteral(right)) {
          common(left, right, (a, b) => fail(node, `a ${a} never equals a ${b}: ${textOf(node)}`, neverEqual(a, b)));
        }
        return "boolean";
      case "<":
      case "<=":
      case ">":
      case ">=":
        want(left, "number", operator);
        want(right, "number", operator);
        return "boolean";
      case "+":
      case "-":
      case "*":
      case "/":
      case "%":
        want(left, "number", operator);
        want(right, "number", operator);
        return "number";
    }
  };

  const type = typeOf(root);
  return type === "null" ? "any" : type;
}
