import { booleanOf } from "./boolean-value.ts";
import { categoryOf } from "./category-value.ts";
import { fieldOf } from "./field-value.ts";
import { numberOf } from "./number-value.ts";

/** `field` is a measure of an event: a number, or a boolean as 1 or 0. */
export type DeclaredType = "number" | "category" | "boolean" | "key" | "field";

const READ: Readonly<Record<DeclaredType, (value: unknown) => string | number | boolean | null | undefined>> = {
  number: numberOf,
  category: categoryOf,
  boolean: booleanOf,
  key: categoryOf,
  field: fieldOf,
};

/**
 * Reads a value by its declared type, the same for a cell of a file, a request, an observation and an event. Null: it
 * is missing. Undefined: it does not fit; `misfitText` gives the reason.
 */
export function declaredValue(type: DeclaredType, value: unknown): string | number | boolean | null | undefined {
  return READ[type](value);
}

const MOST_SHOWN = 60;

/** The reason that a value does not fit its type, for a person: `"1,5" is not a number …`. */
export function misfitText(type: DeclaredType, value: unknown): string {
  return `${shown(value)} ${WHY[type](value)}`;
}

const noNumber = (value: unknown): string =>
  typeof value === "number" ? "is not a finite number" : "is not a number: write digits with a point, like 1234.5";
const noText = (value: unknown): string =>
  typeof value === "number" && Number.isFinite(value)
    ? "has more digits than a number keeps: write it as a text"
    : "is not a text";

const WHY: Readonly<Record<DeclaredType, (value: unknown) => string>> = {
  number: noNumber,
  field: noNumber,
  category: noText,
  key: noText,
  boolean: () => "is not a boolean: write true or false",
};

/** A value in a message, cut to a readable length. */
export function shown(value: unknown): string {
  const whole = typeof value === "string" ? value.slice(0, MOST_SHOWN) : value;
  const text = typeof whole === "number" ? String(whole) : (JSON.stringify(whole) ?? String(whole));
  return text.length <= MOST_SHOWN ? text : `${text.slice(0, MOST_SHOWN - 1)}…`;
}
