/** Hints for the errors of the YAML library, by its codes. */
const HINTS: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: "indent with spaces",
  BLOCK_AS_IMPLICIT_KEY:
    "a value that holds a colon and a space is written in quotes; or this line is indented too far",
  MULTILINE_IMPLICIT_KEY: "write name: value, with a colon and a space behind the name",
  MISSING_CHAR:
    "close the bracket, brace or quote that is opened here; a name and its value are joined by a colon and a space",
  BAD_INDENT: "entries of one section begin at the same column, and a list item with - and a space",
  BLOCK_IN_FLOW: "close the bracket before the next line",
  UNEXPECTED_TOKEN: "a value with quotes inside is written in single quotes, such as 'kind == \"arrival\"'",
  TAG_RESOLVE_FAILED: "in a formula write not instead of !; a text that begins with ! is written in quotes",
  BAD_SCALAR_START: "a value that begins with a special character is written in quotes",
  BAD_DQ_ESCAPE: "write the value in single quotes: nothing is escaped there",
  BAD_ALIAS: "a value that begins with * is written in quotes",
  IMPOSSIBLE: "is it UTF-8 text?",
};

export const yamlHint = (code: string): string | null => (Object.hasOwn(HINTS, code) ? HINTS[code]! : null);
