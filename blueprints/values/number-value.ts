/** Linear in the text's length, however long it is. */
const SPELLED = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;

/**
 * Reads a value as a number: itself, or the number that its text spells in decimal digits with a point and an exponent.
 * Null: it is missing (null, an empty text, NaN). Undefined: it is no number, or beyond the largest.
 */
export function numberOf(value: unknown): number | null | undefined {
  // Adding 0 turns −0 into 0: one value, one set of bytes.
  if (typeof value === "number") return Number.isFinite(value) ? value + 0 : Number.isNaN(value) ? null : undefined;
  if (typeof value === "string") return value === "" ? null : spelledNumber(value);
  return value === null || value === undefined ? null : undefined;
}

/** So many digits make one number alone, and are one whole number without loss. */
const MOST_DIGITS = 15;
/** With more zeros behind the point a number's text has an exponent. */
const MOST_ZEROS = 5;
const [POINT, MINUS, ZERO, NINE] = [46, 45, 48, 57];
const POWERS: readonly number[] = Array.from({ length: MOST_DIGITS + MOST_ZEROS + 1 }, (_, at) => Number(`1e${at}`));

/**
 * The number of a text that is just as `String` writes that number, of 15 digits at most: `-12.5`, not `1e3`, `.5` or
 * `1.0`. NaN: the text is no such one. It is exact: both the digits and the power of ten are doubles without loss, and
 * one division rounds once, as `Number` does (Clinger, How to Read Floating Point Numbers Accurately, 1990).
 */
export function shortNumber(text: string): number {
  const { length } = text;
  const first = text.charCodeAt(0) === MINUS ? 1 : 0;
  let [whole, digits, point, last] = [0, 0, -1, ZERO];
  for (let at = first; at < length; at++) {
    const code = text.charCodeAt(at);
    if (code === POINT && point < 0 && at > first) point = at;
    else if (code < ZERO || code > NINE) return Number.NaN;
    else {
      if (whole > 0 || code > ZERO) digits += 1;
      if (digits > MOST_DIGITS) return Number.NaN;
      whole = whole * 10 + code - ZERO;
      last = code;
    }
  }
  const before = (point < 0 ? length : point) - first;
  const places = point < 0 ? 0 : length - point - 1;
  if (before === 0 || point === length - 1 || (before > 1 && text.charCodeAt(first) === ZERO)) return Number.NaN;
  // Of zero alone `String` knows no sign, and behind the point the last digit is none.
  if (whole === 0 ? length > 1 : point >= 0 && (last === ZERO || places - digits > MOST_ZEROS)) return Number.NaN;
  const number = places === 0 ? whole : whole / POWERS[places]!;
  return first === 0 ? number : -number;
}

/** As `Number`, but only for decimal text: no blanks, no separators, no hexadecimal, no words. */
export function spelledNumber(text: string): number | undefined {
  const short = shortNumber(text);
  if (!Number.isNaN(short)) return short;
  if (!SPELLED.test(text)) return undefined;
  const number = Number(text);
  return Number.isFinite(number) ? number + 0 : undefined;
}
