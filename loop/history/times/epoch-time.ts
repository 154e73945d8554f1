export const timeUnits = ["s", "ms", "us", "ns"] as const;
export type TimeUnit = (typeof timeUnits)[number];

/** Digits of a number of this unit behind the millisecond's; seconds have fewer. */
const DIGITS: Readonly<Record<TimeUnit, number>> = { s: -3, ms: 0, us: 3, ns: 6 };
const DECIMAL = /^(\d+)(?:\.(\d*))?$/;

/**
 * Milliseconds since 1970 from a number of units, as a number or as text that spells one. It is reckoned in digits: no
 * unit and no fraction is rounded. Fractions of a millisecond are dropped. Undefined: it is no number of units, or
 * before 1970.
 */
export function epochMs(value: number | string, unit: TimeUnit): number | undefined {
  const match = DECIMAL.exec(String(value)) ?? DECIMAL.exec(String(Number(value)));
  if (match === null) return undefined;
  const [, whole = "", fraction = ""] = match;
  const digits = DIGITS[unit];
  if (digits > 0) return Number(whole.length > digits ? whole.slice(0, -digits) : "0");
  return Number(whole + fraction.slice(0, -digits).padEnd(-digits, "0"));
}
