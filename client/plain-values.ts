import { StreamsError } from "../streams/client/index.ts";

type Plain = null | boolean | number | string;

/**
 * The entries of a product's object as they go into a record. A number that is not finite is a missing value, as in
 * blueprints. Throws `UNENCODABLE` with the name of an entry that is no string, number, boolean or null.
 */
export function plainValues(what: string, values: object): Readonly<Record<string, Plain>> {
  return Object.fromEntries(
    (Object.entries(values) as [string, unknown][])
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name, plainValue(`${what}.${name}`, value)]),
  );
}

function plainValue(where: string, value: unknown): Plain {
  if (value === null || typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  throw new StreamsError("UNENCODABLE", `${where} is ${nameOf(value)}: ${remedyOf(value)}`);
}

function nameOf(value: unknown): string {
  if (Array.isArray(value)) return "an array";
  if (value instanceof Date) return "a Date";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

function remedyOf(value: unknown): string {
  if (value instanceof Date) return "send its milliseconds or a string";
  if (typeof value === "object") return "send its parts under names of their own";
  return "send a string, number, boolean or null";
}
