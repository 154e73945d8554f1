import type { SchemaElement, SchemaTree } from "hyparquet";
import {
  decimalValue,
  isoDate,
  isoTime,
  signedInteger,
  ticksPerMs,
  timeOfDay,
  wholeValue,
} from "../../../streams/index.ts";
import type { TableValue } from "../table-row.ts";

/** A value of a Parquet column as the cell of a table. Undefined: it is none, as a list and bytes are. */
export type ParquetValue = (raw: unknown) => TableValue | undefined;

/**
 * Makes the library hand on raw values, for `parquetValue` to read: its own reading would lose digits of decimals, and
 * the zone of times. A text that is no UTF-8 stays bytes.
 */
export const rawParsers = {
  timestampFromMilliseconds: same,
  timestampFromMicroseconds: same,
  timestampFromNanoseconds: same,
  dateFromDays: same,
  stringFromBytes: textOf,
  jsonFromBytes: textOf,
  geometryFromBytes: same,
  geographyFromBytes: same,
};

/**
 * The type by which the library reads a column: decimals as the whole numbers that store them, and types it would give
 * up on as bytes.
 */
export function rawElement(element: SchemaElement): SchemaElement {
  if (element.converted_type === "INTERVAL" || element.converted_type === "BSON") {
    const { converted_type, ...bytes } = element;
    return { ...bytes, logical_type: { type: "GEOMETRY" } };
  }
  if (!isDecimal(element)) return element;
  const { converted_type, logical_type, ...rest } = element;
  // Bytes without a type would be taken for text, those of a geometry are left alone.
  return element.type === "BYTE_ARRAY" ? { ...rest, logical_type: { type: "GEOMETRY" } } : rest;
}

/**
 * How a column's values are read. Whole numbers and decimals that a number can't hold stay text, digit for digit. A time that is kept in UTC
 * ends with Z, and one that is kept without a zone does not: both to the millisecond. A date is its year, month and day. NaN is null.
 */
export function parquetValue(element: SchemaElement): ParquetValue {
  const { logical_type: logical, converted_type: converted, type } = element;
  if (isDecimal(element)) {
    const scale = element.scale ?? (logical?.type === "DECIMAL" ? logical.scale : 0);
    return unlessNull((raw) => decimal(raw, scale));
  }
  if (converted === "DATE" || logical?.type === "DATE") return unlessNull((days) => isoDate(Number(days)));
  if (logical?.type === "TIME")
    return unlessNull((ticks) => timeOfDay(BigInt(ticks as number | bigint), perMs[logical.unit]));
  if (converted === "TIME_MILLIS") return unlessNull((ticks) => timeOfDay(BigInt(ticks as number), 1n));
  if (converted === "TIME_MICROS") return unlessNull((ticks) => timeOfDay(ticks as bigint, 1_000n));
  if (logical?.type === "TIMESTAMP") {
    const zone = logical.isAdjustedToUTC ? "Z" : "";
    return unlessNull((ticks) => isoTime(ticks as bigint, perMs[logical.unit], zone));
  }
  // Types from before logical ones are in UTC. The zone of an INT96 is known only to its writer.
  if (converted === "TIMESTAMP_MILLIS") return unlessNull((ticks) => isoTime(ticks as bigint, 1n, "Z"));
  if (converted === "TIMESTAMP_MICROS") return unlessNull((ticks) => isoTime(ticks as bigint, 1_000n, "Z"));
  if (type === "INT96") return unlessNull((ticks) => isoTime(ticks as bigint, 1_000_000n, ""));
  return plain;
}

/** The form of a column's values if they are no plain ones, in words; `undefined`: they may be plain. */
export function holdsNoValues({ element, children }: SchemaTree): string | undefined {
  const { type, converted_type: converted, logical_type: logical } = element;
  const kind = logical?.type ?? converted;
  if (kind === "LIST" || element.repetition_type === "REPEATED") return "a list";
  if (kind === "MAP" || converted === "MAP_KEY_VALUE") return "a map";
  if (kind === "GEOMETRY" || kind === "GEOGRAPHY" || kind === "VARIANT") return kind.toLowerCase();
  if (children.length > 0) return "an object";
  if (kind === "INTERVAL" || kind === "BSON") return kind === "BSON" ? kind : "an interval";
  return type === "FIXED_LEN_BYTE_ARRAY" && kind === undefined ? "bytes" : undefined;
}

const perMs = { MILLIS: ticksPerMs.millis, MICROS: ticksPerMs.micros, NANOS: ticksPerMs.nanos } as const;

function isDecimal({ converted_type: converted, logical_type: logical }: SchemaElement): boolean {
  return converted === "DECIMAL" || logical?.type === "DECIMAL";
}

const unlessNull =
  (read: (raw: NonNullable<unknown>) => TableValue | undefined): ParquetValue =>
  (raw) =>
    raw === null || raw === undefined ? null : read(raw);

function plain(value: unknown): TableValue | undefined {
  if (value === null || value === undefined) return null;
  if (typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number") return Number.isNaN(value) ? null : value;
  return typeof value === "bigint" ? wholeValue(value) : undefined;
}

function decimal(raw: unknown, scale: number): TableValue | undefined {
  const unscaled = raw instanceof Uint8Array ? signedInteger(raw) : typeof raw === "number" ? BigInt(raw) : raw;
  return typeof unscaled === "bigint" ? decimalValue(unscaled, scale) : undefined;
}

function same<T>(raw: T): T {
  return raw;
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function textOf(bytes: Uint8Array | undefined): unknown {
  if (bytes === undefined) return undefined;
  try {
    return utf8.decode(bytes);
  } catch {
    return bytes;
  }
}
