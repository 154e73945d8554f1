import { meant } from "../meant.ts";
import type { FormulaNode } from "./ast.ts";
import { FormulaError } from "./formula-error.ts";
import { FORMULA_FUNCTIONS } from "./functions.ts";
import { operatorHint } from "./other-languages.ts";
import type { Token } from "./tokens.ts";

/**
 * An `if` or a function with its arguments; `end` is the offset after its parenthesis. Throws if the name is unknown or
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
  const known = FORMULA_FUNCTIONS.get(name.text);
  if (known === undefined) {
    const guess = meant(name.text, [...FORMULA_FUNCTIONS.keys(), "if"]);
    throw new FormulaError(
      formula,
      start + 1,
      `unknown function "${name.text}"`,
      operatorHint(name.text) ??
        (guess === null ? `known: if, ${[...FORMULA_FUNCTIONS.keys()].join(", ")}` : `did you mean "${guess}"?`),
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
