/**
 * Random formulas with a second meaning of their own: trees that are written as text and worked out directly. Shares no
 * code with the compiler.
 */

export type Value = number | boolean | string | null;
export type Kind = "number" | "boolean" | "string";

export type Tree =
  | { readonly is: "constant"; readonly value: Value }
  | { readonly is: "name"; readonly name: string }
  | { readonly is: "prefix"; readonly sign: "-" | "not"; readonly of: Tree }
  | { readonly is: "infix"; readonly sign: string; readonly left: Tree; readonly right: Tree }
  | { readonly is: "function"; readonly name: string; readonly args: readonly Tree[] }
  | { readonly is: "let"; readonly named: readonly (readonly [string, Tree])[]; readonly then: Tree };

export const NAMES: Readonly<Record<Kind, readonly string[]>> = {
  number: ["x", "y", "late", "share"],
  boolean: ["ok", "no"],
  string: ["city", "plan"],
};

const CONSTANTS: Readonly<Record<Kind, readonly Value[]>> = {
  number: [0, 1, 2, 0.5, 3, 1e300, 1e-300, 10, 100, null],
  boolean: [true, false, null],
  string: ["Rome", "free", "", 'a"b', "it's", null],
};

const NUMERIC: Readonly<Record<string, number>> = {
  log: 1,
  exp: 1,
  sqrt: 1,
  abs: 1,
  round: 1,
  floor: 1,
  ceil: 1,
  sign: 1,
  sigmoid: 1,
  min: 3,
  max: 2,
  pow: 2,
  clamp: 3,
};

/** A formula of a kind that the type check accepts. */
export function randomTree(kind: Kind, next: () => number, depth: number): Tree {
  const pick = <T>(all: readonly T[]): T => all[Math.floor(next() * all.length)]!;
  const kinds: readonly Kind[] = ["number", "boolean", "string"];
  let made = 0;

  const grow = (kind: Kind, depth: number, known: ReadonlyMap<string, Kind>): Tree => {
    const inner = (of: Kind): Tree => grow(of, depth - 1, known);
    if (depth <= 0 || next() < 0.1) {
      if (next() < 0.3) return constant(kind);
      const own = [...known].filter(([, of]) => of === kind).map(([name]) => name);
      return { is: "name", name: pick([...NAMES[kind], ...own, ...own]) };
    }
    const way = next();
    if (way < 0.15) return { is: "function", name: "if", args: [inner("boolean"), inner(kind), inner(kind)] };
    if (way < 0.25) return { is: "function", name: "coalesce", args: [inner(kind), inner(kind)] };
    if (way < 0.4) {
      const named: (readonly [string, Tree])[] = [];
      const reach = new Map(known);
      for (let count = 1 + Math.floor(next() * 2); count > 0; count--) {
        const of = pick(kinds);
        const name = `v${made++}`;
        named.push([name, grow(of, depth - 1, reach)]);
        reach.set(name, of);
      }
      return { is: "let", named, then: grow(kind, depth - 1, reach) };
    }
    if (kind === "string") return constant(kind);
    if (kind === "number") {
      if (way < 0.5) return { is: "prefix", sign: "-", of: inner("number") };
      if (way < 0.7) {
        const name = pick(Object.keys(NUMERIC));
        return { is: "function", name, args: Array.from({ length: NUMERIC[name]! }, () => inner("number")) };
      }
      return { is: "infix", sign: pick(["+", "-", "*", "/", "%"]), left: inner("number"), right: inner("number") };
    }
    if (way < 0.5) return { is: "prefix", sign: "not", of: inner("boolean") };
    if (way < 0.65) return { is: "infix", sign: pick(["and", "or"]), left: inner("boolean"), right: inner("boolean") };
    if (way < 0.7) {
      return {
        is: "infix",
        sign: pick(["==", "!="]),
        left: inner(pick(kinds)),
        right: { is: "constant", value: null },
      };
    }
    const of = pick(kinds);
    const sign = of === "number" ? pick(["<", "<=", ">", ">=", "==", "!="]) : pick(["==", "!="]);
    return { is: "infix", sign, left: notNull(inner(of), of), right: notNull(inner(of), of) };
  };
  const constant = (kind: Kind): Tree => ({ is: "constant", value: pick(CONSTANTS[kind]) });
  /** A bare null has no order, and is compared in another way. */
  const notNull = (tree: Tree, of: Kind): Tree =>
    tree.is === "constant" && tree.value === null ? { is: "name", name: NAMES[of][0]! } : tree;
  return grow(kind, depth, new Map());
}

/** Its text, with more parentheses and blanks than it needs. */
export function textOf(tree: Tree, next: () => number): string {
  const blank = (): string => (next() < 0.1 ? "  \n" : " ");
  const write = (tree: Tree): string => {
    switch (tree.is) {
      case "constant":
        return typeof tree.value === "string" ? `"${tree.value.replaceAll(/["\\]/g, "\\$&")}"` : String(tree.value);
      case "name":
        return tree.name;
      case "prefix":
        return `(${tree.sign}${blank()}${write(tree.of)})`;
      case "infix":
        return `(${write(tree.left)}${blank()}${tree.sign}${blank()}${write(tree.right)})`;
      case "function":
        return `${tree.name}(${tree.args.map(write).join(`,${blank()}`)})`;
      case "let":
        return `let(${tree.named.map(([name, value]) => `${name}, ${write(value)}, `).join("")}${write(tree.then)})`;
    }
  };
  return write(tree);
}

/** What it comes to. A number that is not finite is missing. */
export function valueOf(tree: Tree, inputs: Readonly<Record<string, Value>>): Value {
  switch (tree.is) {
    case "constant":
      return tree.value;
    case "name":
      return inputs[tree.name] ?? null;
    case "prefix": {
      const value = valueOf(tree.of, inputs);
      if (value === null) return null;
      return tree.sign === "-" ? -(value as number) : !(value as boolean);
    }
    case "let": {
      const known = { ...inputs };
      for (const [name, value] of tree.named) known[name] = valueOf(value, known);
      return valueOf(tree.then, known);
    }
    case "infix":
      return infix(tree.sign, valueOf(tree.left, inputs), valueOf(tree.right, inputs), isNull(tree.right));
    case "function": {
      const values = tree.args.map((arg) => valueOf(arg, inputs));
      if (tree.name === "if") return values[0] === null ? null : values[0] === true ? values[1]! : values[2]!;
      if (tree.name === "coalesce") return values.find((value) => value !== null) ?? null;
      return values.includes(null) ? null : finite(applied(tree.name, values as number[]));
    }
  }
}

const isNull = (tree: Tree): boolean => tree.is === "constant" && tree.value === null;
const finite = (value: number): number | null => (value - value === 0 ? value : null);

/** Truth by Kleene's tables: false below missing below true. */
function infix(sign: string, a: Value, b: Value, withNull: boolean): Value {
  const rank = (value: Value): number => (value === null ? 1 : value === true ? 2 : 0);
  const truth = [false, null, true];
  if (sign === "and") return truth[Math.min(rank(a), rank(b))]!;
  if (sign === "or") return truth[Math.max(rank(a), rank(b))]!;
  if (withNull && sign === "==") return a === null;
  if (withNull && sign === "!=") return a !== null;
  if (a === null || b === null) return null;
  if (sign === "==") return a === b;
  if (sign === "!=") return a !== b;
  const [x, y] = [a as number, b as number];
  switch (sign) {
    case "<":
      return x < y;
    case "<=":
      return !(x > y);
    case ">":
      return x > y;
    case ">=":
      return !(x < y);
    case "+":
      return finite(x + y);
    case "-":
      return finite(x - y);
    case "*":
      return finite(x * y);
    case "/":
      return finite(x / y);
    default:
      return finite(x % y);
  }
}

function applied(name: string, [x, y, z]: readonly number[]): number {
  const [a, b, c] = [x!, y!, z!];
  switch (name) {
    case "min":
      return [a, b, c].sort((one, other) => (one < other || (Object.is(one, -0) && other === 0) ? -1 : 1))[0]!;
    case "max":
      return a > b ? a : b > a ? b : Object.is(a, -0) ? b : a;
    case "pow":
      return a ** b;
    case "clamp": {
      const above = a > b ? a : b;
      return above < c ? above : c;
    }
    case "sigmoid":
      return 1 / (1 + Math.exp(-a));
    case "sign":
      return a > 0 ? 1 : a < 0 ? -1 : a;
    case "ceil":
      return -Math.floor(-a);
    case "round":
      return a - Math.floor(a) >= 0.5 ? Math.ceil(a) : Math.floor(a);
    default:
      return (Math[name as "log"] as (x: number) => number)(a);
  }
}
