import { spelledNumber } from "./number-value.ts";

const WORDS: ReadonlyMap<string, boolean> = new Map([
  ...["true", "t", "yes", "y", "on"].map((word) => [word, true] as const),
  ...["false", "f", "no", "n", "off"].map((word) => [word, false] as const),
]);
const LONGEST_WORD = 5;

/**
 * Reads a value as a boolean: itself, a number that is 1 or 0, or a text that spells either, in any case. Null: it is
 * missing (null, an empty text, NaN). Undefined: it is no boolean.
 */
export function booleanOf(value: unknown): boolean | null | undefined {
  if (typeof value === "boolean") return value;
  if (typeof value === "string")
    return value === "" ? null : (spelledBoolean(value) ?? oneOrZero(spelledNumber(value)));
  if (typeof value === "number") return Number.isNaN(value) ? null : oneOrZero(value);
  return value === null || value === undefined ? null : undefined;
}

/** Only words: 1 and 0 are numbers. */
export function spelledBoolean(text: string): boolean | undefined {
  return text.length > LONGEST_WORD ? undefined : WORDS.get(text.toLowerCase());
}

function oneOrZero(number: number | undefined): boolean | undefined {
  return number === 1 ? true : number === 0 ? false : undefined;
}
