import { meant } from "../meant.ts";
import type { Binding, FormulaNode } from "./ast.ts";
import { FormulaError } from "./formula-error.ts";
import { FORMULA_FUNCTIONS, FORMULA_WORDS, MOST_ARGUMENTS } from "./functions.ts";
import { operatorHint } from "./other-languages.ts";
import type { Token } from "./tokens.ts";

/**
 * An `if`, a `let`, a `coalesce` or a function with its arguments; `end` is the offset after its parenthesis. Throws if the name is unknown or
 * the number of arguments is wrong.
 */
export function callNode(formula: string, name: Token, args: readonly FormulaNode[], end: number): FormulaNode {
  const { start } = name;
  if (name.text === "if") {
    const [condition, then, otherwise] = args;
    if (args.length !== 3 || !condition || !then || !otherwise) {
      throw new FormulaError(
        formula,
        start + 1,
        `if takes 3 arguments, found ${args.length}`,
        "write if(condition, then, else)",
      );
    }
    return { kind: "if", condition, then, otherwise, start, end };
  }
  if (name.text === "let") return letNode(formula, start, args, end);
  if (name.text === "coalesce") {
    if (args.length >= 2 && args.length <= MOST_ARGUMENTS) return { kind: "coalesce", args, start, end };
    const wanted = `coalesce takes 2 to ${MOST_ARGUMENTS} arguments, found ${args.length}`;
    throw new FormulaError(formula, start + 1, wanted, "write coalesce(x, 0)");
  }
  const known = FORMULA_FUNCTIONS.get(name.text);
  if (known === undefined) {
    const all = ["if", "let", "coalesce", ...FORMULA_FUNCTIONS.keys()];
    const guess = meant(name.text, all);
    throw new FormulaError(
      formula,
      start + 1,
      `unknown function "${name.text}"`,
      operatorHint(name.text) ?? (guess === null ? `known: ${all.join(", ")}` : `did you mean "${guess}"?`),
    );
  }
  if (args.length < known.minArguments || args.length > known.maxArguments) {
    const wanted =
      known.minArguments === known.maxArguments
        ? `${known.minArguments} argument${known.minArguments === 1 ? "" : "s"}`
        : `${known.minArguments} to ${known.maxArguments} arguments`;
    const letters = ["x", "y", "z"].slice(0, known.minArguments).join(", ");
    const hint = `write ${name.text}(${letters}${known.maxArguments > known.minArguments ? ", …" : ""})`;
    throw new FormulaError(formula, start + 1, `${name.text} takes ${wanted}, found ${args.length}`, hint);
  }
  return { kind: "call", name: name.text, args, start, end };
}

const NAME = /^[a-z][a-zA-Z0-9_]*$/;

/** Names and values in turn, and then the result. */
function letNode(formula: string, start: number, args: readonly FormulaNode[], end: number): FormulaNode {
  const body = args.at(-1);
  if (args.length < 3 || args.length % 2 === 0 || body === undefined) {
    const wanted = `let takes names and values in turn, and then the result; found ${args.length} arguments`;
    throw new FormulaError(formula, start + 1, wanted, "write let(name, value, result)");
  }
  const bindings: Binding[] = [];
  for (let at = 0; at + 1 < args.length; at += 2) {
    const named = args[at]!;
    const text = formula.slice(named.start, named.end);
    if (named.kind !== "name" || named.name !== text || !NAME.test(text) || FORMULA_WORDS.has(text)) {
      const hint = "a small letter, then letters, digits and _: let(name, value, result)";
      throw new FormulaError(formula, named.start + 1, `let needs a name here, found ${text.slice(0, 80)}`, hint);
    }
    bindings.push({ name: text, value: args[at + 1]!, start: named.start, end: named.end });
  }
  return { kind: "let", bindings, body, start, end };
}
