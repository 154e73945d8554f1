const SPELLED = /^[+-]?(\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;

/** Why a number that a person wrote is another one once it is read. */
export interface LostNumber {
  readonly what: string;
  readonly hint: string;
}

/**
 * A decimal text whose number is lost when it is read: it is beyond the largest, or it is not 0 and would be. Undefined:
 * it is kept but for its last digits, or the text is no such number. A setting of that kind is refused. Values of data are
 * not: they are rounded to the nearest number.
 */
export function lostNumber(text: string): LostNumber | undefined {
  const digits = SPELLED.exec(text)?.[1];
  if (digits === undefined) return undefined;
  const number = Number(text);
  if (!Number.isFinite(number)) return { what: `${text} is too large a number`, hint: "at most 1.7e308" };
  if (number !== 0 || !/[1-9]/.test(digits)) return undefined;
  return { what: `${text} is too small a number, and would be 0`, hint: "at least 5e-324, or 0" };
}
