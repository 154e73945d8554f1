import avro from "avsc";
import { boundedTypes } from "./bounded-types.ts";
import type { Tap } from "./tap.ts";

interface ArrayTypeMethods {
  _check(value: unknown, flags: unknown, hook: unknown, path: unknown): boolean;
  _copy(value: unknown, options: unknown): unknown;
  _read(tap: Tap): number[];
  _update(resolver: { _read: (tap: Tap) => unknown }, type: avro.Type, options: unknown): void;
  _write(tap: Tap, value: unknown): void;
}
type ArrayTypeConstructor = new (schema: avro.Schema, options: object) => avro.types.ArrayType & ArrayTypeMethods;

/** Floats that are read lie one after the other in buffers of this many: a buffer each would cost more than reading them. */
const SLAB = 1 << 16;
let slab = new Float32Array(SLAB);
let slabBits = new Int32Array(slab.buffer);
let used = 0;
const none = new Float32Array(0);

/** Room for so many floats, and its start in `slabBits`. */
function take(count: number): { readonly floats: Float32Array; readonly bits: Int32Array; readonly from: number } {
  if (count > SLAB / 4) {
    const floats = new Float32Array(count);
    return { floats, bits: new Int32Array(floats.buffer), from: 0 };
  }
  if (used + count > SLAB) {
    slab = new Float32Array(SLAB);
    slabBits = new Int32Array(slab.buffer);
    used = 0;
  }
  const from = used;
  used += count;
  return { floats: slab.subarray(from, used), bits: slabBits, from };
}

/** An Avro array of floats whose values are Float32Arrays; arrays of numbers are written as well. The bytes are those of any Avro array. */
class FloatVectorType extends (avro.types.ArrayType as unknown as ArrayTypeConstructor) {
  override _check(value: unknown, flags: unknown, hook: unknown, path: unknown): boolean {
    return value instanceof Float32Array || super._check(value, flags, hook, path);
  }

  override _copy(value: unknown, options: unknown): unknown {
    return value instanceof Float32Array ? value.slice() : super._copy(value, options);
  }

  // The types of avsc say number[]: for all code that indexes it, a Float32Array is one.
  override _read(tap: Tap): never {
    let read: Float32Array = none;
    for (let count = tap.readLong(); count !== 0; count = tap.readLong()) {
      if (count < 0) {
        count = -count;
        tap.skipLong();
      }
      if (count > (tap.buf.length - tap.pos) / 4) {
        tap.pos = tap.buf.length + 1;
        break;
      }
      const block = readBlock(tap, count);
      read = read.length === 0 ? block : joined(read, block);
    }
    return read as never;
  }

  /** Arrays written with other numbers are read as avsc does. */
  override _update(resolver: { _read: (tap: Tap) => unknown }, type: avro.Type, options: unknown): void {
    super._update(resolver, type, options);
    const items = (type as Partial<avro.types.ArrayType>).itemsType?.typeName;
    if (items === undefined || items === "float") return;
    const readNumbers = super._read;
    resolver._read = (tap) => Float32Array.from(readNumbers.call(resolver as never, tap));
  }

  override _write(tap: Tap, value: unknown): void {
    if (!(value instanceof Float32Array)) return super._write(tap, value);
    const { length } = value;
    if (length > 0) {
      tap.writeLong(length);
      if (tap.pos + 4 * length <= tap.buf.length) writeBlock(tap.buf, tap.pos, value);
      tap.pos += 4 * length;
    }
    tap.writeLong(0);
  }
}

function readBlock(tap: Tap, count: number): Float32Array {
  const { buf } = tap;
  const { floats, bits, from } = take(count);
  let at = tap.pos;
  for (let i = from; i < from + count; i++, at += 4) {
    bits[i] = buf[at]! | (buf[at + 1]! << 8) | (buf[at + 2]! << 16) | (buf[at + 3]! << 24);
  }
  tap.pos = at;
  return floats;
}

function writeBlock(into: Buffer, start: number, value: Float32Array): void {
  const bits = new Int32Array(value.buffer, value.byteOffset, value.length);
  for (let i = 0, at = start; i < bits.length; i++, at += 4) {
    const word = bits[i]!;
    into[at] = word;
    into[at + 1] = word >>> 8;
    into[at + 2] = word >>> 16;
    into[at + 3] = word >>> 24;
  }
}

function joined(first: Float32Array, second: Float32Array): Float32Array {
  const both = new Float32Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}

/**
 * For avsc's `forSchema`: bounded types, with arrays of floats as vectors. Unions keep plain arrays, since avsc finds
 * the branch of an array by `Array.isArray`.
 */
export function floatVectors(schema: avro.Schema, options: object): avro.Type | undefined {
  if (Array.isArray(schema)) return avro.Type.forSchema(schema, { ...options, typeHook: boundedTypes } as never);
  const { type, items } = schema as { readonly type?: unknown; readonly items?: unknown };
  return type === "array" && items === "float" ? new FloatVectorType(schema, options) : boundedTypes(schema, options);
}
