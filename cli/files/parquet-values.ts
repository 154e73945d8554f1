import type { SchemaElement } from "hyparquet";
import type { TableValue } from "./table-row.ts";

/** A value of a Parquet column as the cell of a table. Undefined: it is none, as a list and bytes are. */
export type ParquetValue = (raw: unknown) => TableValue | undefined;

/**
 * What the library hands on as it lies in the file, for `parquetValue` to read: it would lose digits of decimals, and the zone of times.
 * A text that is no UTF-8 stays bytes.
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

/** A column's type as the library is to read it: decimals as the whole numbers they are kept as, and as bytes what it would give up on. */
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
  if (logical?.type === "TIME") return unlessNull((ticks) => timeOfDay(ticks as number | bigint, perMs[logical.unit]));
  if (converted === "TIME_MILLIS") return unlessNull((ticks) => timeOfDay(ticks as number, 1n));
  if (converted === "TIME_MICROS") return unlessNull((ticks) => timeOfDay(ticks as bigint, 1_000n));
  if (logical?.type === "TIMESTAMP") {
    const zone = logical.isAdjustedToUTC ? "Z" : "";
    return unlessNull((ticks) => isoTime(ticks as bigint, perMs[logical.unit], zone));
  }
  // Types of before logical ones are in UTC; an INT96 is in whatever its writer meant.
  if (converted === "TIMESTAMP_MILLIS") return unlessNull((ticks) => isoTime(ticks as bigint, 1n, "Z"));
  if (converted === "TIMESTAMP_MICROS") return unlessNull((ticks) => isoTime(ticks as bigint, 1_000n, "Z"));
  if (type === "INT96") return unlessNull((ticks) => isoTime(ticks as bigint, 1_000_000n, ""));
  return plain;
}

const perMs = { MILLIS: 1n, MICROS: 1_000n, NANOS: 1_000_000n } as const;

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
  if (typeof value !== "bigint") return undefined;
  return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
}

/** The number where its shortest text is the decimal's, else the text. */
function decimal(raw: unknown, scale: number): TableValue | undefined {
  const unscaled = raw instanceof Uint8Array ? signed(raw) : typeof raw === "number" ? BigInt(raw) : raw;
  if (typeof unscaled !== "bigint") return undefined;
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(scale + 1, "0");
  const fraction = digits.slice(digits.length - scale).replace(/0+$/, "");
  const whole = digits.slice(0, digits.length - scale);
  const text = `${unscaled < 0n ? "-" : ""}${whole}${fraction === "" ? "" : `.${fraction}`}`;
  return String(Number(text)) === text ? Number(text) : text;
}

/** Two's complement, the most significant byte first. */
function signed(bytes: Uint8Array): bigint {
  if (bytes.length === 0) return 0n;
  return BigInt.asIntN(bytes.length * 8, BigInt(`0x${Buffer.from(bytes).toString("hex")}`));
}

function isoTime(ticks: bigint, ticksPerMs: bigint, zone: "Z" | ""): string {
  const rest = ticks % ticksPerMs;
  const time = new Date(Number((ticks - (rest < 0n ? rest + ticksPerMs : rest)) / ticksPerMs));
  // What no Date can hold is no time either: the reader of times refuses it with its text.
  return Number.isNaN(time.getTime()) ? `${ticks} ticks from 1970` : time.toISOString().slice(0, -1) + zone;
}

function isoDate(days: number): string {
  const date = new Date(days * 86_400_000);
  return Number.isNaN(date.getTime()) ? `${days} days from 1970` : date.toISOString().split("T")[0]!;
}

function timeOfDay(ticks: number | bigint, ticksPerMs: bigint): string {
  return isoTime(BigInt(ticks), ticksPerMs, "").slice("1970-01-01T".length);
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
