import type { z } from "zod";
import { recordLimits } from "../../schemas/index.ts";

/**
 * Whether a body of a request is right beyond doubt, at a tenth of its schema's cost. False says nothing: the schema
 * judges then, fills in what is left out, and has the words of a refusal.
 */
export type Fits = (value: unknown) => boolean;

const known = new WeakMap<object, Fits>();

/** The schema of a body, with a check that is true only for bodies which the schema takes and leaves as they are. */
export function fitted<S extends z.ZodType>(schema: S, fits: Fits): S {
  known.set(schema, fits);
  return schema;
}

export const fitsOf = (schema: object): Fits | undefined => known.get(schema);

/** An object with all of the required fields, and no others than these and the optional ones. */
export function hasFields(
  required: Readonly<Record<string, Fits>>,
  optional: Readonly<Record<string, Fits>> = {},
): Fits {
  const names = Object.keys(required);
  const fields = new Map(Object.entries({ ...required, ...optional }));
  return (value) => {
    if (!isObject(value)) return false;
    for (const name in value) if (fields.get(name)?.(value[name]) !== true) return false;
    return names.every((name) => Object.hasOwn(value, name));
  };
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export const isText: Fits = (value) => typeof value === "string" && value.isWellFormed();
/** Of an id too. */
export const isName: Fits = (value) => value !== "" && isText(value);
export const isBoolean: Fits = (value) => typeof value === "boolean";
export const isWhole =
  (least: number, most = Number.MAX_SAFE_INTEGER): Fits =>
  (value) =>
    Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most;

export const isListOf =
  (fits: Fits, most = Number.POSITIVE_INFINITY): Fits =>
  (value) =>
    Array.isArray(value) && value.length <= most && value.every(fits);

/** Items of a bulk. */
export const isBulkOf =
  (fits: Fits): Fits =>
  (value) =>
    Array.isArray(value) && value.length > 0 && value.length <= recordLimits.httpBulkItems && value.every(fits);

const isItem: Fits = (value) =>
  typeof value === "number" ? Number.isFinite(value) : value === null || isBoolean(value) || isText(value);
const isItems = isListOf(isItem);

/** Entries by name. */
export const areValues: Fits = entriesOf(isItem);
/** Entries by name, and lists among them. */
export const areListedValues: Fits = entriesOf((value) => isItem(value) || isItems(value));

function entriesOf(fits: Fits): Fits {
  return (value) => {
    if (!isObject(value)) return false;
    for (const name in value) if (!name.isWellFormed() || !fits(value[name])) return false;
    return true;
  };
}
