const QUOTED = "a value that begins with a special character is written in quotes";

/** Hints for the errors of the YAML library, by its codes. */
const HINTS: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: "indent with spaces",
  BLOCK_AS_IMPLICIT_KEY:
    "a value that holds a colon and a space is written in quotes; or this line is indented too far",
  MULTILINE_IMPLICIT_KEY: "write name: value, with a colon and a space behind the name",
  MISSING_CHAR: "a name and its value are joined by a colon and a space",
  BAD_INDENT: "entries of one section begin at the same column, and a list item with - and a space",
  BLOCK_IN_FLOW: "close the bracket before the next line",
  UNEXPECTED_TOKEN: "a value with quotes inside is written in single quotes, such as 'kind == \"arrival\"'",
  TAG_RESOLVE_FAILED: "in a formula write not instead of !; a text that begins with ! is written in quotes",
  BAD_SCALAR_START: QUOTED,
  BAD_DQ_ESCAPE: "write the value in single quotes: nothing is escaped there",
  BAD_ALIAS: "a value that begins with * is written in quotes",
  IMPOSSIBLE: "is it UTF-8 text?",
};

/** @param at the text from the error on */
export function yamlHint(code: string, at = "", message = ""): string | null {
  if (/^(\/\/|\/\*|--\s)/.test(at)) return "a comment begins with #";
  if (code === "TAG_RESOLVE_FAILED" && at.startsWith("!!"))
    return "take the tag away: types are told by the file itself";
  if (message.startsWith("Unexpected alias")) return QUOTED;
  if (/^Unexpected flow-(map|seq)-end/.test(message)) return "take it away: no bracket is open here";
  return Object.hasOwn(HINTS, code) ? HINTS[code]! : null;
}
