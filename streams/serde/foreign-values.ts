import avro from "avsc";
import { streamsLimits } from "../limits.ts";
import { decimalValue, isoDate, isoTime, signedInteger, ticksPerMs, timeOfDay, wholeValue } from "./logical-values.ts";
import { readExactLong, type Tap } from "./tap.ts";
import { StreamsError } from "../errors.ts";

type ReadValue = (tap: Tap) => number | string;

/** How values of a writer's type are read where a number or a text may be. */
const readings = new WeakMap<avro.Type, ReadValue>();

/** The type of a schema that somebody else wrote, which knows what its values mean. */
export function writerType(schema: avro.Schema): avro.Type {
  return avro.Type.forSchema(schema, { typeHook: foreignTypes } as never);
}

interface LogicalSchema {
  readonly type: string;
  readonly logicalType?: string;
  readonly scale?: number;
  readonly size?: number;
}

function foreignTypes(schema: avro.Schema, options: object): avro.Type | undefined {
  const { logicalType, ...plain } = (typeof schema === "object"
    ? schema
    : { type: schema }) as unknown as LogicalSchema;
  if (plain.type === "long" && logicalType === undefined)
    return read(new avro.types.LongType(), (tap) => wholeValue(readExactLong(tap)));
  const reading = logicalType === undefined ? undefined : readingOf(logicalType, plain);
  return reading === undefined ? undefined : read(avro.Type.forSchema(plain as avro.Schema, options as never), reading);
}

function read(type: avro.Type, reading: ReadValue): avro.Type {
  readings.set(type, reading);
  return type;
}

/** What Avro's specification does not know, or not of this type, means nothing: `undefined`. */
function readingOf(logicalType: string, { type, scale = 0, size }: LogicalSchema): ReadValue | undefined {
  if (logicalType === "decimal" && (type === "bytes" || type === "fixed")) {
    if (!Number.isInteger(scale) || scale < 0 || scale > streamsLimits.avroDecimalBytes) return undefined;
    return (tap) => decimalValue(signedInteger(bytesOf(tap, size ?? tap.readLong())), scale);
  }
  if (logicalType === "date" && type === "int") return (tap) => isoDate(tap.readLong());
  if (logicalType === "time-millis" && type === "int")
    return (tap) => timeOfDay(BigInt(tap.readLong()), ticksPerMs.millis);
  if (type !== "long") return undefined;
  if (logicalType === "time-micros") return (tap) => timeOfDay(readExactLong(tap), ticksPerMs.micros);
  const [, local, unit] = /^(local-)?timestamp-(millis|micros|nanos)$/.exec(logicalType) ?? [];
  if (unit === undefined) return (tap) => wholeValue(readExactLong(tap));
  const zone = local === undefined ? "Z" : "";
  return (tap) => isoTime(readExactLong(tap), ticksPerMs[unit as keyof typeof ticksPerMs], zone);
}

function bytesOf(tap: Tap, length: number): Uint8Array {
  const from = tap.pos;
  tap.pos += length;
  if (length > streamsLimits.avroDecimalBytes)
    throw new StreamsError(
      "UNDECODABLE",
      `a decimal of ${length} bytes; at most ${streamsLimits.avroDecimalBytes} are read`,
    );
  return tap.buf.subarray(from, tap.pos);
}

interface UnionMethods {
  _update(resolver: { _read: (tap: Tap) => unknown }, type: avro.Type, options: unknown): void;
}
type UnionConstructor = new (schema: avro.Schema, options: object) => avro.types.UnwrappedUnionType & UnionMethods;

/** A union of what values may be. What another schema wrote as a decimal, a date, a time or a long is read as what it means. */
class ValueUnionType extends (avro.types.UnwrappedUnionType as unknown as UnionConstructor) {
  override _update(resolver: { _read: (tap: Tap) => unknown }, type: avro.Type, options: unknown): void {
    const reading = readings.get(type);
    if (reading === undefined) super._update(resolver, type, options);
    else resolver._read = reading;
  }
}

/** For avsc's `forSchema`: the union where a schema has one of numbers and texts, and perhaps of nothing and booleans. */
export function valueUnion(schema: avro.Schema, options: object): avro.Type | undefined {
  if (!Array.isArray(schema) || !schema.includes("double") || !schema.includes("string")) return undefined;
  const isValues = schema.every((branch) => VALUES.has(branch));
  return isValues ? (new ValueUnionType(schema as avro.Schema, options) as unknown as avro.Type) : undefined;
}

const VALUES: ReadonlySet<unknown> = new Set(["null", "boolean", "double", "string"]);
