import { shownText } from "../../loop/index.ts";
import { UsageError } from "../exit-codes.ts";

/** Reads a whole number in digits alone: no sign, no exponent, no other base, no unit. */
export const whole =
  (min: number, max = Number.MAX_SAFE_INTEGER) =>
  (text: string, flag: string): number => {
    const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    throw new UsageError(`${flag} ${shownText(text)}: write a whole number ${rangeText(min, max)}`);
  };

function rangeText(min: number, max: number): string {
  if (max === Number.MAX_SAFE_INTEGER) return min === 0 ? "from 0 up" : `above ${min - 1}`;
  return `from ${min} to ${max}`;
}

/** A number in digits, with a point if it has a fraction. NaN: it is none. */
export function parseDecimal(text: string): number {
  return /^(\d{1,15}(\.\d{1,15})?|\.\d{1,15})$/.test(text) ? Number(text) : Number.NaN;
}

/** Reads a share of all, above 0 to 1. */
export function parseShare(text: string, flag: string): number {
  const share = parseDecimal(text);
  if (share > 0 && share <= 1) return share;
  throw new UsageError(`${flag} ${shownText(text)}: write a share above 0 to 1`);
}

/** As `parseShare`; 1% is 0.01. */
export function parsePercentage(text: string, flag: string): number {
  const share = text.endsWith("%") ? parseDecimal(text.slice(0, -1)) / 100 : parseDecimal(text);
  if (share > 0 && share <= 1) return share;
  throw new UsageError(`${flag} ${shownText(text)}: write a share above 0, at most 1 or 100%`);
}

/** Reads the share of rows that a model is judged by, 0 to 0.9. */
export function parseHoldout(text: string, flag: string): number {
  const share = parseDecimal(text);
  if (share >= 0 && share <= 0.9) return share;
  throw new UsageError(`${flag} ${shownText(text)}: write a share from 0 to 0.9`);
}
