import { UsageError } from "../exit-codes.ts";

export interface NumberRange {
  readonly min: number;
  readonly max: number;
}

/** A whole number in digits alone: no sign, no exponent, no other base, no unit. Throws a `UsageError` that names the flag. */
export function parseWhole(text: string, flag: string, { min, max }: NumberRange): number {
  const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  throw new UsageError(`${flag} ${shown(text)}: write a whole number ${rangeText({ min, max })}`);
}

/** A number in digits, with a point where it has a fraction. */
export function parseDecimal(text: string): number {
  return /^(\d{1,15}(\.\d{1,15})?|\.\d{1,15})$/.test(text) ? Number(text) : Number.NaN;
}

export function parsePort(text: string, flag: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port <= 65_535) return port;
  throw new UsageError(`${flag} ${shown(text)}: write a port from 0 to 65535`);
}

/** An empty one would not be seen. */
export const shown = (text: string): string => (text.trim() === "" ? JSON.stringify(text) : text);

function rangeText({ min, max }: NumberRange): string {
  if (max === Number.MAX_SAFE_INTEGER) return min === 0 ? "from 0 up" : `above ${min - 1}`;
  return `from ${min} to ${max}`;
}
