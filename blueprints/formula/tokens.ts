import { FormulaError } from "./formula-error.ts";
import { characterHint, otherSign } from "./other-languages.ts";

export interface Token {
  readonly kind: "number" | "string" | "name" | "symbol" | "end";
  readonly text: string;
  /** Offsets into the formula, 0-based, `end` exclusive. */
  readonly start: number;
  readonly end: number;
}

const SPACE = /\s*/y;
const TOKEN =
  /((?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|([A-Za-z_][A-Za-z0-9_]*)|("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(==|!=|<=|>=|[<>+\-*/%(),])/y;

/** The formula's tokens, the last one of kind `end`. Throws `FormulaError` at a character that starts none. */
export function tokenize(formula: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  for (;;) {
    SPACE.lastIndex = at;
    at += SPACE.exec(formula)?.[0].length ?? 0;
    if (at >= formula.length) break;
    const other = otherSign(formula, at);
    if (other !== undefined) throw new FormulaError(formula, at + 1, `unexpected ${other.sign}`, other.hint);
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(formula);
    const previous = tokens.at(-1);
    if (match === null) {
      const character = String.fromCodePoint(formula.codePointAt(at) ?? 0);
      throw new FormulaError(formula, at + 1, `unexpected character ${shown(character)}`, characterHint(character));
    }
    const kind = match[1] ? "number" : match[2] ? "name" : match[3] ? "string" : "symbol";
    const text = match[0];
    if (kind === "name" && previous?.kind === "number" && previous.end === at) {
      throw new FormulaError(formula, at + 1, `unexpected "${text}" right after a number`, "a formula knows no units");
    }
    tokens.push({ kind, text, start: at, end: at + text.length });
    at += text.length;
  }
  tokens.push({ kind: "end", text: "", start: formula.length, end: formula.length });
  return tokens;
}

/** A character that can't be seen is shown by its code. */
function shown(character: string): string {
  if (/^[\p{L}\p{N}\p{P}\p{S}]$/u.test(character)) return character;
  return `U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0")}`;
}

/** The value of a string token: quotes off, `\n`, `\t` and any other escaped character resolved. */
export function unquote(text: string): string {
  return text
    .slice(1, -1)
    .replace(/\\(.)/gs, (_, character: string) => (character === "n" ? "\n" : character === "t" ? "\t" : character));
}
