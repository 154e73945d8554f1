/**
 * A tile holds one key's events of one stretch of time: per event its time and then its field values, all little-endian
 * Float64, sorted by time and then by the values from left to right, NaN (missing) last. The bytes depend on the
 * set of events alone, never on the order they came in.
 */
export type Tile = Uint8Array;

/** The start, in ms, of the tile a time belongs to. */
export function tileOf(time: number, tileMs: number): number {
  return Math.floor(time / tileMs) * tileMs;
}

/**
 * A tile's numbers: per event `1 + fields` of them. Shares the tile's memory where its alignment allows that: don't write.
 * Throws when the tile's length says that it was written for another number of fields.
 */
export function tileNumbers(tile: Tile, fields: number): Float64Array {
  const count = tile.byteLength / 8;
  if (count % (1 + fields) !== 0) {
    throw new Error(
      `a tile of ${tile.byteLength} bytes holds no events of ${fields} fields: its state was written by another ` +
        "blueprint; key the store by the group's stateId",
    );
  }
  return tile.byteOffset % 8 === 0
    ? new Float64Array(tile.buffer, tile.byteOffset, count)
    : new Float64Array(tile.slice().buffer, 0, count);
}

/**
 * A new tile with the event in its place; the old one is left alone. `values` has one entry per field; NaN, ±infinity
 * and null stand for a missing value. Equal events are kept, each counts. Cost: one copy of the tile.
 */
export function insertEvent(tile: Tile | null, time: number, values: readonly (number | null)[]): Tile {
  if (!Number.isSafeInteger(time)) throw new Error(`an event's time must be whole milliseconds, found ${time}`);
  const stride = 1 + values.length;
  const event = new Float64Array(stride);
  event[0] = time + 0;
  for (let i = 1; i < stride; i++) {
    const value = values[i - 1];
    // One bit pattern for NaN and for zero, or equal events would give unequal bytes.
    event[i] = typeof value === "number" && Number.isFinite(value) ? value + 0 : Number.NaN;
  }
  if (tile === null || tile.byteLength === 0) return new Uint8Array(event.buffer);
  const old = tileNumbers(tile, values.length);
  const at = firstAfter(old, event) * stride;
  const numbers = new Float64Array(old.length + stride);
  numbers.set(old.subarray(0, at));
  numbers.set(event, at);
  numbers.set(old.subarray(at), at + stride);
  return new Uint8Array(numbers.buffer);
}

/** The index of the first event that sorts after the given one. */
function firstAfter(numbers: Float64Array, event: Float64Array): number {
  const stride = event.length;
  let low = 0;
  let high = numbers.length / stride;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareAt(numbers, middle * stride, event) > 0) high = middle;
    else low = middle + 1;
  }
  return low;
}

function compareAt(numbers: Float64Array, at: number, event: Float64Array): number {
  for (let i = 0; i < event.length; i++) {
    const a = numbers[at + i] as number;
    const b = event[i] as number;
    if (a < b) return -1;
    if (a > b) return 1;
    if (a !== b) {
      const aMissing = Number.isNaN(a);
      if (aMissing !== Number.isNaN(b)) return aMissing ? 1 : -1;
    }
  }
  return 0;
}

/** The index of the first event at or after a time. */
export function firstAtOrAfter(numbers: Float64Array, stride: number, time: number): number {
  let low = 0;
  let high = numbers.length / stride;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((numbers[middle * stride] as number) >= time) high = middle;
    else low = middle + 1;
  }
  return low;
}
