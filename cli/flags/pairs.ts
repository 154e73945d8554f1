import { UsageError } from "../exit-codes.ts";

/**
 * `name=value` pairs. true and false are booleans, and "quotes" make a text. A value that no number would be written as
 * is a text too (0042, 12E4, digits beyond 2^53). The blueprint's types read a text like the number that it spells.
 */
export function parsePairs(pairs: readonly string[]): Record<string, string | number | boolean> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf("=");
      if (at < 1) throw new UsageError(`"${pair}": write name=value`);
      return [pair.slice(0, at), parseValue(pair.slice(at + 1))];
    }),
  );
}

/** One value, as in a pair. */
export function parseValue(text: string): string | number | boolean {
  if (text === "true" || text === "false") return text === "true";
  if (/^".*"$/.test(text)) return text.slice(1, -1);
  const number = Number(text);
  return Number.isFinite(number) && String(number) === text ? number : text;
}
