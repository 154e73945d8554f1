/**
 * Reads a value as a category or a key. A text stays as it is, to the letter. A number becomes its plain decimal text
 * (94110 is "94110", and so is 94110.0, which is the same number). A boolean becomes true or false. Null: it is missing
 * (null, an empty text, NaN). Undefined: it has no text of its own: an object, infinity, or a whole number beyond 2^53,
 * which may have lost digits.
 */
export function categoryOf(value: unknown): string | null | undefined {
  if (typeof value === "string") return value === "" ? null : value;
  if (typeof value === "number") return plainText(value);
  if (typeof value === "boolean") return value ? "true" : "false";
  return value === null || value === undefined ? null : undefined;
}

function plainText(number: number): string | null | undefined {
  if (Number.isInteger(number)) return Number.isSafeInteger(number) ? String(number) : undefined;
  if (!Number.isFinite(number)) return Number.isNaN(number) ? null : undefined;
  const text = String(number);
  return text.includes("e") ? withoutExponent(text) : text;
}

/** For a fraction so small that it is written as `1.5e-7`. */
function withoutExponent(text: string): string {
  const [mantissa = "", exponent = ""] = text.split("e-");
  const sign = mantissa.startsWith("-") ? "-" : "";
  const digits = mantissa.replace("-", "").replace(".", "");
  return `${sign}0.${"0".repeat(Number(exponent) - 1)}${digits}`;
}
