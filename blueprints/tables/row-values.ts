import { asBuffer } from "../../streams/index.ts";
import { vectorOf } from "../values/list-value.ts";

export type RowValue = string | number | boolean | null;
export type RowValues = Readonly<Record<string, RowValue>>;

const NULL = 0;
const FALSE = 1;
const TRUE = 2;
const NUMBER = 3;
const TEXT = 4;

/**
 * A row's values as bytes: of each its name behind its length (2 bytes), a type (1 byte), and a number (8 bytes) or a
 * text behind its length (4 bytes). All in little-endian order.
 */
export function packedLength(values: RowValues): number {
  let length = 0;
  for (const name in values) length += 2 + Buffer.byteLength(name) + lengthOf(values[name]!);
  return length;
}

const lengthOf = (value: RowValue): number =>
  typeof value === "number" ? 9 : typeof value === "string" ? 5 + Buffer.byteLength(value) : 1;

/** Writes the values from `at` on. */
export function packValues(values: RowValues, into: Buffer, at: number): void {
  let end = at;
  for (const name in values) {
    const length = into.write(name, end + 2);
    into.writeUInt16LE(length, end);
    end = packValue(values[name]!, into, end + 2 + length);
  }
}

function packValue(value: RowValue, into: Buffer, at: number): number {
  if (typeof value === "number") {
    into[at] = NUMBER;
    return into.writeDoubleLE(value, at + 1);
  }
  if (typeof value === "string") {
    into[at] = TEXT;
    const length = into.write(value, at + 5);
    into.writeUInt32LE(length, at + 1);
    return at + 5 + length;
  }
  into[at] = value === null ? NULL : value ? TRUE : FALSE;
  return at + 1;
}

interface Packed {
  readonly row: Uint8Array;
  readonly from: number;
  readonly to: number;
}

/** The vector under a name. Null: there is none of that length. It lies there as the text of a JSON array. */
export const packedVector = (values: Packed, name: Uint8Array, length: number): readonly number[] | null =>
  vectorOf(packedValue(values, name) ?? null, length) ?? null;

/** The value under a name in `[from, to)` of a row; `undefined`: the row has none. */
export function packedValue({ row: bytes, from, to }: Packed, name: Uint8Array): RowValue | undefined {
  const row = asBuffer(bytes);
  for (let at = from; at < to;) {
    const length = row[at]! | (row[at + 1]! << 8);
    const value = at + 2 + length;
    if (length === name.length && isAt(row, at + 2, name)) return valueAt(row, value);
    at = value + sizeAt(row, value);
  }
  return undefined;
}

function isAt(row: Uint8Array, at: number, name: Uint8Array): boolean {
  for (let i = 0; i < name.length; i++) if (row[at + i] !== name[i]) return false;
  return true;
}

/** All values in `[from, to)`. */
export function unpackValues(bytes: Uint8Array, from: number, to: number): RowValues {
  const row = asBuffer(bytes);
  const entries: [string, RowValue][] = [];
  for (let at = from; at < to;) {
    const value = at + 2 + row.readUInt16LE(at);
    entries.push([row.toString("utf8", at + 2, value), valueAt(row, value)]);
    at = value + sizeAt(row, value);
  }
  return Object.fromEntries(entries);
}

function sizeAt(row: Buffer, at: number): number {
  const type = row[at];
  return type === NUMBER ? 9 : type === TEXT ? 5 + row.readUInt32LE(at + 1) : 1;
}

function valueAt(row: Buffer, at: number): RowValue {
  const type = row[at];
  if (type === NUMBER) return row.readDoubleLE(at + 1);
  if (type === TEXT) return row.toString("utf8", at + 5, at + 5 + row.readUInt32LE(at + 1));
  return type === NULL ? null : type === TRUE;
}
