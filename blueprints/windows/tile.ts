import { DomainError } from "../../schemas/index.ts";
import { StreamsError } from "../../streams/index.ts";

/**
 * One key's events of one stretch of time. Each event is its time and then its field values, all little-endian Float64.
 * Events are sorted by time and then by the values from left to right, NaN (missing) last. The bytes depend on the set
 * of events alone, never on the order of arrival.
 */
export type Tile = Uint8Array;

/** The start, in ms, of the tile a time belongs to. */
export function tileOf(time: number, tileMs: number): number {
  return Math.floor(time / tileMs) * tileMs;
}

/**
 * A tile's numbers, `1 + fields` for each event. Shares the tile's memory if its alignment allows that: don't write.
 * Throws if the tile's length shows that it was written for another number of fields.
 */
export function tileNumbers(tile: Tile, fields: number): Float64Array {
  const count = tile.byteLength / 8;
  if (count % (1 + fields) !== 0) {
    throw new DomainError(
      "DAMAGED_WINDOW",
      `a tile of ${tile.byteLength} bytes holds no events of ${fields} fields: its state was written by another ` +
        "blueprint; key the store by the group's stateId",
    );
  }
  return tile.byteOffset % 8 === 0
    ? new Float64Array(tile.buffer, tile.byteOffset, count)
    : new Float64Array(new Uint8Array(tile).buffer, 0, count);
}

/**
 * A new tile with the event in its place; the old one is left alone. `values` has one entry for each field; NaN,
 * ±infinity and null stand for a missing value. Equal events are kept, and each counts. Cost: one copy of the tile.
 */
export function insertEvent(tile: Tile | null, time: number, values: readonly (number | null)[]): Tile {
  return insertNumbers(tile, eventNumbers(time, values));
}

/** An event as it lies in a tile. */
export function eventNumbers(time: number, values: readonly (number | null)[]): Float64Array {
  if (!Number.isSafeInteger(time))
    throw new StreamsError("BAD_TIME", `an event's time must be whole milliseconds, found ${time}`);
  const stride = 1 + values.length;
  const event = new Float64Array(stride);
  event[0] = time + 0;
  for (let i = 1; i < stride; i++) {
    const value = values[i - 1];
    // One bit pattern for NaN and for zero, or equal events would give unequal bytes.
    event[i] = typeof value === "number" && Number.isFinite(value) ? value + 0 : Number.NaN;
  }
  return event;
}

/** As `insertEvent`. At the end of a large tile the event is written into reserved room, without a copy. */
export function insertNumbers(tile: Tile | null, event: Float64Array): Tile {
  const stride = event.length;
  if (tile === null || tile.byteLength === 0) return new Uint8Array(event.slice().buffer);
  const old = tileNumbers(tile, stride - 1);
  const at = firstAfter(old, event) * stride;
  if (at === old.length && tile.byteLength > SMALL_BYTES) return appended(tile, event);
  const numbers = new Float64Array(old.length + stride);
  numbers.set(old.subarray(0, at));
  numbers.set(event, at);
  numbers.set(old.subarray(at), at + stride);
  return new Uint8Array(numbers.buffer);
}

/** Tiles up to this size have no reserved room at their end. */
const SMALL_BYTES = 16_384;
/** Used bytes of the memory behind a tile: only the tile that ends there may write on. */
const usedBytes = new WeakMap<ArrayBufferLike, number>();

function appended(tile: Tile, event: Float64Array): Tile {
  const { buffer, byteOffset, byteLength } = tile;
  const end = byteOffset + byteLength;
  const length = byteLength + event.byteLength;
  if (usedBytes.get(buffer) === end && byteOffset + length <= buffer.byteLength) {
    new Float64Array(buffer, end, event.length).set(event);
    usedBytes.set(buffer, byteOffset + length);
    return new Uint8Array(buffer, byteOffset, length);
  }
  const numbers = new Float64Array(Math.ceil((length * 1.5) / 8));
  const grown = new Uint8Array(numbers.buffer, 0, length);
  grown.set(tile);
  numbers.set(event, byteLength / 8);
  usedBytes.set(numbers.buffer, length);
  return grown;
}

/** The index of the first event that sorts after the given one. */
function firstAfter(numbers: Float64Array, event: Float64Array): number {
  const stride = event.length;
  let low = 0;
  let high = numbers.length / stride;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareEvents(numbers, middle * stride, event) > 0) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Below 0 if the event at `numbers[at]` sorts before the given one, 0 if they are equal. */
export function compareEvents(numbers: Float64Array, at: number, event: Float64Array): number {
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
