const UNITS = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1000],
  ["ms", 1],
] as const;

/** `30s`, `15m`, `6h`, `7d` in ms; null if it is no duration. */
export function parseDuration(text: string): number | null {
  const match = /^(\d{1,15})(ms|s|m|h|d)$/.exec(text.trim());
  const unit = UNITS.find(([name]) => name === match?.[2]);
  return match === null || unit === undefined ? null : Number(match[1]) * unit[1];
}

/** Names of the units in other notations. */
const WORDS: Readonly<Record<string, number>> = Object.fromEntries(
  (
    [
      [31_536_000_000, ["y", "yr", "yrs", "year", "years"]],
      [604_800_000, ["w", "wk", "week", "weeks"]],
      [86_400_000, ["d", "day", "days"]],
      [3_600_000, ["h", "hr", "hrs", "hour", "hours"]],
      [60_000, ["m", "min", "mins", "minute", "minutes"]],
      [1000, ["s", "sec", "secs", "second", "seconds"]],
      [1, ["ms", "msec", "millis", "millisecond", "milliseconds"]],
    ] as const
  ).flatMap(([ms, words]) => words.map((word) => [word, ms])),
);

/**
 * The duration that another notation means (`36 hours`, `1.5d`, `1h30m`, `PT6H`), in this notation; null if none is
 * clear.
 */
export function durationMeant(text: string): string | null {
  const compact = text
    .toLowerCase()
    .replace(/^p(?=[\dt])|t(?=\d)/g, "")
    .replaceAll(/\s+/g, "");
  if (!/^(?:\d+(?:\.\d+)?[a-z]+)+$/.test(compact)) return null;
  let ms = 0;
  for (const [, number, unit] of compact.matchAll(/(\d+(?:\.\d+)?)([a-z]+)/g)) {
    if (!Object.hasOwn(WORDS, unit!)) return null;
    ms += Number(number) * WORDS[unit!]!;
  }
  return Number.isSafeInteger(ms) && ms > 0 ? formatDuration(ms) : null;
}

/** In the largest unit that divides it: 36h, not 1.5d. */
export function formatDuration(ms: number): string {
  const [name, size] = UNITS.find(([, unit]) => ms !== 0 && ms % unit === 0) ?? ["ms", 1];
  return `${ms / size}${name}`;
}
