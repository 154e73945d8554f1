const UNITS = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1000],
  ["ms", 1],
] as const;

/** `30s`, `15m`, `6h`, `7d` in ms; null when it is not one. */
export function parseDuration(text: string): number | null {
  const match = /^(\d{1,15})(ms|s|m|h|d)$/.exec(text.trim());
  const unit = UNITS.find(([name]) => name === match?.[2]);
  return match === null || unit === undefined ? null : Number(match[1]) * unit[1];
}

/** In the largest unit that divides it: 36h, not 1.5d. */
export function formatDuration(ms: number): string {
  const [name, size] = UNITS.find(([, unit]) => ms !== 0 && ms % unit === 0) ?? ["ms", 1];
  return `${ms / size}${name}`;
}
