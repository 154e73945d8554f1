import { StreamsError } from "../streams/client/index.ts";

type Plain = null | boolean | number | string;

/**
 * The entries of a product's object as they go into a record. A number that is not finite is a missing value, as in
 * blueprints. Throws `UNENCODABLE` with the name of an entry that is no string, number, boolean or null, or that is no
 * whole text.
 */
export function plainValues(what: string, values: object): Readonly<Record<string, Plain>> {
  // Plain JavaScript may give anything.
  const given: unknown = values;
  if (typeof given !== "object" || given === null)
    throw new StreamsError("UNENCODABLE", `${what} is ${nameOf(given)}: send an object of names and values`);
  const copy = { ...given };
  if (isPlain(copy)) return copy;
  return Object.fromEntries(
    (Object.entries(given) as [string, unknown][])
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [wholeText(`a name in ${what}`, name), plainValue(`${what}.${name}`, value)]),
  );
}

/** Nothing of it has to be left out, turned into something else or refused. */
function isPlain(values: object): values is Readonly<Record<string, Plain>> {
  const entries = values as Readonly<Record<string, unknown>>;
  for (const name in entries) if (!name.isWellFormed() || !isPlainValue(entries[name])) return false;
  return true;
}

function isPlainValue(value: unknown): boolean {
  if (typeof value === "string") return value.isWellFormed();
  if (typeof value === "number") return Number.isFinite(value);
  return value === null || typeof value === "boolean";
}

/**
 * A text as it goes into a record. Throws `UNENCODABLE` for anything else, and for a text that was cut within a
 * character: it has no UTF-8, and nobody could read the record.
 */
export function wholeText(what: string, value: unknown): string {
  if (typeof value !== "string") throw new StreamsError("UNENCODABLE", `${what} is ${nameOf(value)}: send a string`);
  if (value.isWellFormed()) return value;
  throw new StreamsError("UNENCODABLE", `${what} holds half of a surrogate pair: cut texts between characters`);
}

function plainValue(where: string, value: unknown): Plain {
  if (typeof value === "string") return wholeText(where, value);
  if (value === null || typeof value === "boolean") return value;
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  throw new StreamsError("UNENCODABLE", `${where} is ${nameOf(value)}: ${remedyOf(value)}`);
}

/**
 * The entries of a decision's context, as `plainValues` has them. An array is the text of its JSON, as lists and vectors
 * lie in a record; its items are what entries may be.
 */
export function contextValues(context: object, what = "context"): Readonly<Record<string, Plain>> {
  const given: unknown = context;
  if (typeof given !== "object" || given === null || !Object.values(given).some(Array.isArray))
    return plainValues(what, context);
  const listed = (Object.entries(given) as [string, unknown][]).map(([name, value]) =>
    Array.isArray(value) ? ([name, listText(`${what}.${name}`, value)] as const) : ([name, value] as const),
  );
  return plainValues(what, Object.fromEntries(listed));
}

const listText = (where: string, items: readonly unknown[]): string =>
  JSON.stringify(items.map((item, at) => plainValue(`${where}[${at}]`, item)));

/** In words. */
export function nameOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return "an array";
  if (value instanceof Date) return "a Date";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

function remedyOf(value: unknown): string {
  if (value instanceof Date) return "send its milliseconds or a string";
  if (typeof value === "object") return "send its parts under names of their own";
  return "send a string, number, boolean or null";
}
