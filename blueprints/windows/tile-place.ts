/** Children of a node. */
export const FANOUT = 16;
/** Digits of one field's value in the order of events. */
const DIGITS = 16;

/**
 * A stretch of the order of a tile's events: first by time, down to one millisecond, then by the digits of their
 * values, field by field.
 */
export interface Place {
  readonly start: number;
  /** In ms; 1: all events have the time `start`. */
  readonly width: number;
  /** Number of common digits of the values, once all have one time. */
  readonly digits: number;
}

export function tilePlace(start: number, tileMs: number): Place {
  return { start, width: tileMs, digits: 0 };
}

export function childPlace({ start, width, digits }: Place, index: number): Place {
  if (width === 1) return { start, width, digits: digits + 1 };
  const part = Math.ceil(width / FANOUT);
  return { start: start + index * part, width: part, digits: 0 };
}

/** The child of the place that the event at `numbers[at]` belongs to. Some level tells different events apart. */
export function childOf({ start, width, digits }: Place, numbers: Float64Array, at: number): number {
  if (width > 1) return Math.floor((numbers[at]! - start) / Math.ceil(width / FANOUT));
  return digitOf(numbers[at + 1 + Math.floor(digits / DIGITS)]!, digits % DIGITS);
}

const view = new DataView(new ArrayBuffer(8));

/** A hexadecimal digit, the highest first, of an integer that grows with the number; missing values are the largest. */
function digitOf(value: number, digit: number): number {
  view.setFloat64(0, value);
  const negative = view.getUint8(0) >= 128;
  const byte = view.getUint8(digit >> 1);
  const sorted = negative ? byte ^ 0xff : digit < 2 ? byte ^ 0x80 : byte;
  return digit % 2 === 0 ? sorted >> 4 : sorted & 15;
}
