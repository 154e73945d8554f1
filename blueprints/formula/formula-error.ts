import { DomainError } from "../../schemas/index.ts";
import { caretUnder } from "../caret.ts";

/** A formula that can't be read or doesn't type-check. `column` is 1-based in `formula`. */
export class FormulaError extends DomainError {
  override readonly name = "FormulaError";
  readonly formula: string;
  readonly column: number;
  /** The problem, without its place. */
  readonly reason: string;
  readonly hint: string | null;

  constructor(formula: string, column: number, reason: string, hint: string | null = null) {
    super("BAD_FORMULA", `column ${column} of "${formula}": ${reason}${hint === null ? "" : ` (${hint})`}`);
    this.formula = formula;
    this.column = column;
    this.reason = reason;
    this.hint = hint;
  }

  /** The formula with a caret under the column, for a terminal; only the line that holds the error. */
  get caret(): string {
    const before = this.formula.slice(0, this.column - 1);
    const start = before.lastIndexOf("\n") + 1;
    return caretUnder(this.formula.slice(start), 1, this.column - start);
  }
}
