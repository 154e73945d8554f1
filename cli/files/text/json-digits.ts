/** So many digits and points in a row may be a number that no double holds. */
const MANY = /[\d.]{16}/;
/** Beyond it a number is not written out. */
const MOST_PLACES = 400;

export const mayLoseDigits = (text: string): boolean => MANY.test(text);

/** For `JSON.parse`: a number that would lose digits is its plain text, without an exponent and without zeros at its end. */
export function keepDigits(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  if (typeof value !== "number" || context?.source === undefined) return value;
  const plain = plainDecimal(context.source);
  return plain === undefined || (plain === plainDecimal(String(value)) && !isLarge(value, context.source))
    ? value
    : plain;
}

/** A whole number beyond 2^53 that is written in digits alone may be a key. */
const isLarge = (value: number, source: string): boolean =>
  Number.isInteger(value) && !Number.isSafeInteger(value) && /^-?\d+$/.test(source);

function plainDecimal(text: string): string | undefined {
  const [, sign, whole = "", fraction = "", exponent = "0"] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text) ?? [];
  const shift = Number(exponent);
  if (sign === undefined || Math.abs(shift) > MOST_PLACES) return undefined;
  const digits = "0".repeat(Math.max(0, -shift)) + whole + fraction + "0".repeat(Math.max(0, shift));
  const point = whole.length + Math.max(0, -shift) + shift;
  const before = digits.slice(0, point).replace(/^0+(?=\d)/, "");
  const behind = digits.slice(point).replace(/0+$/, "");
  const plain = behind === "" ? before : `${before}.${behind}`;
  return plain === "0" ? plain : sign + plain;
}
