/** Milliseconds, microseconds and nanoseconds; ticks in a millisecond. */
export const ticksPerMs = { millis: 1n, micros: 1_000n, nanos: 1_000_000n } as const;

/** A decimal: the number if its shortest text is the decimal's, else the text, digit for digit. */
export function decimalValue(unscaled: bigint, scale: number): number | string {
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(scale + 1, "0");
  const fraction = digits.slice(digits.length - scale).replace(/0+$/, "");
  const whole = digits.slice(0, digits.length - scale);
  const text = `${unscaled < 0n ? "-" : ""}${whole}${fraction === "" ? "" : `.${fraction}`}`;
  return String(Number(text)) === text ? Number(text) : text;
}

/** Two's complement, the most significant byte first. */
export function signedInteger(bytes: Uint8Array): bigint {
  if (bytes.length === 0) return 0n;
  return BigInt.asIntN(bytes.length * 8, BigInt(`0x${Buffer.from(bytes).toString("hex")}`));
}

/** A whole number: text if a number can't hold its digits. */
export function wholeValue(value: bigint): number | string {
  return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
}

/** A time to the millisecond; smaller fractions are dropped. A time kept in UTC ends with Z. */
export function isoTime(ticks: bigint, perMs: bigint, zone: "Z" | ""): string {
  const rest = ticks % perMs;
  const time = new Date(Number((ticks - (rest < 0n ? rest + perMs : rest)) / perMs));
  // A time that no Date can hold is no time either: the reader of times refuses it with its text.
  return Number.isNaN(time.getTime()) ? `${ticks} ticks from 1970` : time.toISOString().slice(0, -1) + zone;
}

/** A date as its year, month and day. */
export function isoDate(days: number): string {
  const date = new Date(days * 86_400_000);
  return Number.isNaN(date.getTime()) ? `${days} days from 1970` : date.toISOString().split("T")[0]!;
}

export function timeOfDay(ticks: bigint, perMs: bigint): string {
  return isoTime(ticks, perMs, "").slice("1970-01-01T".length);
}
