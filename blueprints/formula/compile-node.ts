import { isNullLiteral, type Binding, type FormulaNode, type FormulaType, type FormulaValue } from "./ast.ts";
import { FORMULA_FUNCTIONS } from "./functions.ts";
import { brokenPromise } from "../../streams/index.ts";

/** A name's value; `undefined`, NaN, ±infinity and a value of another type than declared count as missing. */
export type Lookup = (name: string) => FormulaValue | undefined;

export type Evaluate = (get: Lookup) => FormulaValue;

/** The value of a name that a formula gives itself, while the part behind it is evaluated. */
export interface Cell {
  value: FormulaValue;
}

/** Every part of a formula, compiled. A part behind a `let` reads the cells of its names. */
export interface CompiledParts {
  of(node: FormulaNode): Evaluate;
  cell(binding: Binding): Cell;
}

type Types = Readonly<Record<string, FormulaType>>;

/** Of one compilation. */
interface Compiling {
  readonly names: Types;
  /** The names in reach that the formula gives itself. */
  readonly cells: Map<string, Cell>;
  readonly made?: { readonly nodes: Map<FormulaNode, Evaluate>; readonly cells: Map<Binding, Cell> };
}

/**
 * Compiles to closures over closures: no code is generated. Expects a tree that passed `checkTypes` with the same
 * names. Each part is evaluated once at most, so the work of one evaluation is bounded by the length of the text.
 */
export function compileNode(node: FormulaNode, names: Types): Evaluate {
  return compile(node, { names, cells: new Map() });
}

/** Compiles the same, and keeps every part. */
export function compileParts(root: FormulaNode, names: Types): CompiledParts {
  const made = { nodes: new Map<FormulaNode, Evaluate>(), cells: new Map<Binding, Cell>() };
  compile(root, { names, cells: new Map(), made });
  return { of: (node) => made.nodes.get(node)!, cell: (binding) => made.cells.get(binding)! };
}

function compile(node: FormulaNode, of: Compiling): Evaluate {
  const evaluate = compileKind(node, of);
  of.made?.nodes.set(node, evaluate);
  return evaluate;
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

function compileKind(node: FormulaNode, of: Compiling): Evaluate {
  switch (node.kind) {
    case "literal": {
      const { value } = node;
      return () => value;
    }
    case "name":
      return compileName(node.name, of);
    case "negate": {
      const operand = compile(node.operand, of);
      return (get) => {
        const value = operand(get);
        return typeof value === "number" ? -value : null;
      };
    }
    case "not": {
      const operand = compile(node.operand, of);
      return (get) => {
        const value = operand(get);
        return typeof value === "boolean" ? !value : null;
      };
    }
    case "if": {
      const condition = compile(node.condition, of);
      const then = compile(node.then, of);
      const otherwise = compile(node.otherwise, of);
      return (get) => {
        const chosen = condition(get);
        return chosen === true ? then(get) : chosen === false ? otherwise(get) : null;
      };
    }
    case "call": {
      const apply = FORMULA_FUNCTIONS.get(node.name)?.apply;
      if (apply === undefined) throw brokenPromise(`formula function ${node.name} passed the parser but has no body`);
      const args = node.args.map((arg) => compile(arg, of));
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
    case "coalesce": {
      const args = node.args.map((arg) => compile(arg, of));
      return (get) => {
        for (const arg of args) {
          const value = arg(get);
          if (value !== null) return value;
        }
        return null;
      };
    }
    case "let":
      return compileLet(node, of);
    case "binary":
      return compileBinary(node, of);
  }
}

function compileName(name: string, { names, cells }: Compiling): Evaluate {
  const cell = cells.get(name);
  if (cell !== undefined) return () => cell.value;
  const type = (Object.hasOwn(names, name) ? names[name] : undefined) ?? "any";
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

/** The cells are restored behind the body, so that a look-up may evaluate the formula itself for other values. */
function compileLet({ bindings, body }: FormulaNode & { kind: "let" }, of: Compiling): Evaluate {
  const bound = bindings.map((binding) => {
    const value = compile(binding.value, of);
    const cell: Cell = { value: null };
    of.cells.set(binding.name, cell);
    of.made?.cells.set(binding, cell);
    return { value, cell };
  });
  const inner = compile(body, of);
  for (const { name } of bindings) of.cells.delete(name);
  return bound.reduceRight<Evaluate>(
    (then, { value, cell }) =>
      (get) => {
        const found = value(get);
        const before = cell.value;
        cell.value = found;
        const result = then(get);
        cell.value = before;
        return result;
      },
    inner,
  );
}

function compileBinary(node: FormulaNode & { kind: "binary" }, of: Compiling): Evaluate {
  const left = compile(node.left, of);
  const right = compile(node.right, of);
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
