/** Notations of other languages, spreadsheets and word processors, each with its form in our formulas. */

/** Signs of several characters, which would be read as two. */
const SIGNS: readonly (readonly [sign: string, hint: string])[] = [
  ["===", "write =="],
  ["!==", "write !="],
  ["=>", "write >="],
  ["=<", "write <="],
  ["=!", "write !="],
  ["<>", "write !="],
  ["&&", "write and"],
  ["||", "write or"],
  ["**", "write pow(x, y)"],
  ["//", "write floor(x / y)"],
  [":=", "write == to compare"],
  ["??", "write if(x == null, y, x)"],
];

const CHARACTERS: Readonly<Record<string, string>> = {
  "=": "write == to compare",
  "&": "write and",
  "|": "write or",
  "!": "write not",
  "~": "write not",
  "¬": "write not",
  "∧": "write and",
  "∨": "write or",
  "^": "write pow(x, y)",
  "?": "write if(condition, a, b)",
  ":": "write if(condition, a, b)",
  "≥": "write >=",
  "≤": "write <=",
  "≠": "write !=",
  "×": "write *",
  "·": "write *",
  "÷": "write /",
  "−": "write -",
  "–": "write -",
  "—": "write -",
  "‰": "write a number: 0.001",
  "٪": "write a number: 0.01",
  "％": "write a number: 0.01",
  "[": "a formula has no lists: compare with each",
  "{": "a formula has no braces: group with parentheses",
  ".": "a name stands alone, without a prefix",
  ";": "a formula is one expression",
  $: "a name stands alone, without $",
  "@": "a name stands alone, without @",
  "#": "a formula has no comments",
  '"': "the string has no end",
  "'": "the string has no end",
  "\u200b": "an invisible character: delete it",
  "\u200e": "an invisible character: delete it",
  "\u2060": "an invisible character: delete it",
  "\u00ad": "an invisible character: delete it",
};
for (const quote of "“”„‟«»‘’‚‛‹›`´＂＇") (CHARACTERS as Record<string, string>)[quote] = 'write plain quotes: "text"';

const WORDS: Readonly<Record<string, string>> = {
  and: "write and",
  or: "write or",
  not: "write not",
  xor: "write x != y",
  is: "write == or !=",
  isnt: "write !=",
  eq: "write ==",
  equals: "write ==",
  ne: "write !=",
  gt: "write >",
  gte: "write >=",
  lt: "write <",
  lte: "write <=",
  in: 'write x == "a" or x == "b"',
  between: "write x >= a and x <= b",
  like: "a formula has no patterns: compare whole texts with ==",
  matches: "a formula has no patterns: compare whole texts with ==",
  contains: "a formula has no patterns: compare whole texts with ==",
  then: "write if(condition, a, b)",
  else: "write if(condition, a, b)",
  if: "write if(condition, a, b)",
  mod: "write %",
  div: "write floor(x / y)",
  now: "decisionTime is the decision's time in ms, in formulas of features",
  today: "decisionTime is the decision's time in ms, in formulas of features",
};

/** A sign of another language at this place. */
export function otherSign(
  formula: string,
  at: number,
): { readonly sign: string; readonly hint: string | null } | undefined {
  const [sign, hint] = SIGNS.find(([sign]) => formula.startsWith(sign, at)) ?? [];
  return sign === undefined ? undefined : { sign, hint: hint! };
}

export const characterHint = (character: string): string | null =>
  Object.hasOwn(CHARACTERS, character) ? CHARACTERS[character]! : null;

/** The operator for a word: `AND`, `in`. */
export const operatorHint = (word: string): string | null =>
  Object.hasOwn(WORDS, word.toLowerCase()) ? WORDS[word.toLowerCase()]! : null;
