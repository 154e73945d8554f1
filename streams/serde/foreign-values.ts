import avro from "avsc";
import { streamsLimits } from "../limits.ts";
import { decimalValue, isoDate, isoTime, signedInteger, ticksPerMs, timeOfDay, wholeValue } from "./logical-values.ts";
import { readExactLong, type Tap } from "./tap.ts";
import { StreamsError } from "../errors.ts";

type ReadValue = (tap: Tap) => number | string;

/** Readings of a writer's types in places that take a number or a text. */
const readings = new WeakMap<avro.Type, ReadValue>();

/** The type of another writer's schema, with the meaning of its values. */
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

/** `undefined` for a logical type that Avro's specification does not have, or not for this type: it means nothing. */
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
  readonly types: readonly { readonly typeName: string }[];
  _write(tap: Tap, value: unknown): void;
  _update(resolver: { _read: (tap: Tap) => unknown }, type: avro.Type, options: unknown): void;
}
type UnionConstructor = new (schema: avro.Schema, options: object) => avro.types.UnwrappedUnionType & UnionMethods;

/** A union of the kinds of values. A decimal, a date, a time or a long of another schema is read by its meaning. */
class ValueUnionType extends (avro.types.UnwrappedUnionType as unknown as UnionConstructor) {
  readonly #nothing = this.#branch("null");
  readonly #boolean = this.#branch("boolean");
  readonly #number = this.#branch("double");
  readonly #text = this.#branch("string");

  /** The byte of a branch; -1: there is none. */
  #branch(name: string): number {
    const at = this.types.findIndex(({ typeName }) => typeName === name);
    return at < 0 ? at : 2 * at;
  }

  /** Without a look through the branches: most values of all records pass here. */
  override _write(tap: Tap, value: unknown): void {
    if (typeof value === "number") {
      tap.buf[tap.pos++] = this.#number;
      return tap.writeDouble(value);
    }
    if (typeof value === "string") {
      tap.buf[tap.pos++] = this.#text;
      return tap.writeString(value);
    }
    if (value === null && this.#nothing >= 0) tap.buf[tap.pos++] = this.#nothing;
    else if (typeof value === "boolean" && this.#boolean >= 0) {
      tap.buf[tap.pos++] = this.#boolean;
      tap.writeBoolean(value);
    } else super._write(tap, value);
  }

  override _update(resolver: { _read: (tap: Tap) => unknown }, type: avro.Type, options: unknown): void {
    const reading = readings.get(type);
    if (reading === undefined) super._update(resolver, type, options);
    else resolver._read = reading;
  }
}

/** For avsc's `forSchema`: replaces a schema's union of numbers and texts, and perhaps of nothing and booleans. */
export function valueUnion(schema: avro.Schema, options: object): avro.Type | undefined {
  if (!Array.isArray(schema) || !schema.includes("double") || !schema.includes("string")) return undefined;
  const isValues = schema.every((branch) => VALUES.has(branch));
  return isValues ? (new ValueUnionType(schema as avro.Schema, options) as unknown as avro.Type) : undefined;
}

const VALUES: ReadonlySet<unknown> = new Set(["null", "boolean", "double", "string"]);
