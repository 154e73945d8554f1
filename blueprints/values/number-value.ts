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

/** As `Number`, but only for decimal text: no blanks, no separators, no hexadecimal, no words. */
export function spelledNumber(text: string): number | undefined {
  if (!SPELLED.test(text)) return undefined;
  const number = Number(text);
  return Number.isFinite(number) ? number + 0 : undefined;
}
