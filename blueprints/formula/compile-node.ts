import { isNullLiteral, type FormulaNode, type FormulaType, type FormulaValue } from "./ast.ts";
import { FORMULA_FUNCTIONS } from "./functions.ts";
import { brokenPromise } from "../../streams/index.ts";

/** A name's value; `undefined`, NaN, ±infinity and a value of another type than declared count as missing. */
export type Lookup = (name: string) => FormulaValue | undefined;

export type Evaluate = (get: Lookup) => FormulaValue;

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

/**
 * Compiles to closures over closures: no code is generated. Expects a tree that passed `checkTypes` with the same
 * names.
 */
export function compileNode(node: FormulaNode, names: Readonly<Record<string, FormulaType>>): Evaluate {
  switch (node.kind) {
    case "literal": {
      const { value } = node;
      return () => value;
    }
    case "name":
      return compileName(node.name, names[node.name] ?? "any");
    case "negate": {
      const operand = compileNode(node.operand, names);
      return (get) => {
        const value = operand(get);
        return typeof value === "number" ? -value : null;
      };
    }
    case "not": {
      const operand = compileNode(node.operand, names);
      return (get) => {
        const value = operand(get);
        return typeof value === "boolean" ? !value : null;
      };
    }
    case "if": {
      const condition = compileNode(node.condition, names);
      const then = compileNode(node.then, names);
      const otherwise = compileNode(node.otherwise, names);
      return (get) => {
        const chosen = condition(get);
        return chosen === true ? then(get) : chosen === false ? otherwise(get) : null;
      };
    }
    case "call": {
      const apply = FORMULA_FUNCTIONS.get(node.name)?.apply;
      if (apply === undefined) throw brokenPromise(`formula function ${node.name} passed the parser but has no body`);
      const args = node.args.map((arg) => compileNode(arg, names));
      return (get) => {
        const values: number[] = [];
        for (const arg of args) {
          const value = arg(get);
          if (typeof value !== "number") return null;
          values.push(value);
        }
        return finite(apply(values));
      };
    }
    case "binary":
      return compileBinary(node, names);
  }
}

function compileName(name: string, type: FormulaType): Evaluate {
  if (type === "number") {
    return (get) => {
      const value = get(name);
      return typeof value === "number" && Number.isFinite(value) ? value : null;
    };
  }
  if (type === "any") {
    return (get) => {
      const value = get(name);
      return value === undefined || (typeof value === "number" && !Number.isFinite(value)) ? null : value;
    };
  }
  return (get) => {
    const value = get(name);
    return typeof value === type ? (value as FormulaValue) : null;
  };
}

function compileBinary(node: FormulaNode & { kind: "binary" }, names: Readonly<Record<string, FormulaType>>): Evaluate {
  const left = compileNode(node.left, names);
  const right = compileNode(node.right, names);
  const numbers =
    <R extends number | boolean | null>(apply: (a: number, b: number) => R): Evaluate =>
    (get) => {
      const a = left(get);
      if (typeof a !== "number") return null;
      const b = right(get);
      return typeof b === "number" ? apply(a, b) : null;
    };
  switch (node.operator) {
    case "+":
      return numbers((a, b) => finite(a + b));
    case "-":
      return numbers((a, b) => finite(a - b));
    case "*":
      return numbers((a, b) => finite(a * b));
    case "/":
      return numbers((a, b) => finite(a / b));
    case "%":
      return numbers((a, b) => finite(a % b));
    case "<":
      return numbers((a, b) => a < b);
    case "<=":
      return numbers((a, b) => a <= b);
    case ">":
      return numbers((a, b) => a > b);
    case ">=":
      return numbers((a, b) => a >= b);
    case "==":
    case "!=": {
      const wanted = node.operator === "==";
      if (isNullLiteral(node.right)) return (get) => (left(get) === null) === wanted;
      if (isNullLiteral(node.left)) return (get) => (right(get) === null) === wanted;
      return (get) => {
        const a = left(get);
        const b = right(get);
        return a === null || b === null ? null : (a === b) === wanted;
      };
    }
    case "and":
      return (get) => {
        const a = left(get);
        if (a === false) return false;
        const b = right(get);
        return b === false ? false : a === true && b === true ? true : null;
      };
    case "or":
      return (get) => {
        const a = left(get);
        if (a === true) return true;
        const b = right(get);
        return b === true ? true : a === false && b === false ? false : null;
      };
  }
}
