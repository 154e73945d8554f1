import type { EventFieldType, EventKind } from "../blueprint.ts";
import { spelledBoolean } from "./boolean-value.ts";
import { numberOf } from "./number-value.ts";

/** The type of a field of events of a kind. */
export const fieldType = (
  kind: { readonly categories?: EventKind["categories"] | undefined } | undefined,
  name: string,
): EventFieldType => (kind?.categories?.includes(name) === true ? "category" : "number");

/**
 * Reads a value as a field of an event: a number, as `numberOf` does, or a boolean as 1 or 0. Null: it is missing.
 * Undefined: it is neither.
 */
export function fieldOf(value: unknown): number | null | undefined {
  if (typeof value === "boolean") return value ? 1 : 0;
  const number = numberOf(value);
  if (number !== undefined || typeof value !== "string") return number;
  const word = spelledBoolean(value);
  return word === undefined ? undefined : word ? 1 : 0;
}
