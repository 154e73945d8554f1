import { FormulaError } from "./formula-error.ts";

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

const OTHER_LANGUAGES: Readonly<Record<string, string>> = {
  "=": "write == to compare",
  "&": "write and",
  "|": "write or",
  "!": "write not",
  "^": "write pow(x, y)",
  "?": "write if(condition, a, b)",
  '"': "the string has no end",
  "'": "the string has no end",
};

/** The formula's tokens, the last one of kind `end`. Throws `FormulaError` at a character that starts none. */
export function tokenize(formula: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  for (;;) {
    SPACE.lastIndex = at;
    at += SPACE.exec(formula)?.[0].length ?? 0;
    if (at >= formula.length) break;
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(formula);
    const previous = tokens.at(-1);
    if (match === null) {
      const character = String.fromCodePoint(formula.codePointAt(at) ?? 0);
      throw new FormulaError(
        formula,
        at + 1,
        `unexpected character ${character}`,
        Object.hasOwn(OTHER_LANGUAGES, character) ? (OTHER_LANGUAGES[character] ?? null) : null,
      );
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

/** The value of a string token: quotes off, `\n`, `\t` and any other escaped character resolved. */
export function unquote(text: string): string {
  return text
    .slice(1, -1)
    .replace(/\\(.)/gs, (_, character: string) => (character === "n" ? "\n" : character === "t" ? "\t" : character));
}
