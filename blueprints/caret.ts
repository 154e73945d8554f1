const MOST_BEFORE = 80;
const MOST_BEHIND = 40;

/**
 * A line of a text with a caret under a column, for a terminal. Of a long line only what is around the column.
 *
 * @param line 1-based
 * @param column 1-based, in UTF-16 units
 */
export function caretUnder(text: string, line: number, column: number): string {
  let start = 0;
  for (let at = 1; at < line && start < text.length; at++) {
    const end = text.indexOf("\n", start);
    start = end < 0 ? text.length : end + 1;
  }
  const place = Math.min(text.length, start + column - 1);
  const from = place - start > MOST_BEFORE ? place - MOST_BEFORE : start;
  const end = text.slice(place, place + MOST_BEHIND).search(/[\r\n]/);
  const whole = text.slice(from, end < 0 ? place + MOST_BEHIND : place + end);
  // A tab stays a tab, so that the caret stands where the terminal shows the column.
  return `${whole}\n${text.slice(from, place).replaceAll(/[^\t]/g, " ")}^`;
}
