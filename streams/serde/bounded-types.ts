import { isUtf8 } from "node:buffer";
import avro from "avsc";
import { setOwn } from "../own-value.ts";
import { rememberEntries } from "./entry-count.ts";
import { valueUnion } from "./foreign-values.ts";
import { KnownShapes } from "./known-shape.ts";
import type { Tap } from "./tap.ts";
import { StreamsError } from "../errors.ts";
import { writeName } from "./written-names.ts";

interface ReadMethods {
  readonly itemsType: { _read(tap: Tap): unknown };
  readonly valuesType: { _read(tap: Tap): unknown; _write(tap: Tap, value: unknown): void };
}
type Constructor<T> = new (schema: avro.Schema, options: object) => T & ReadMethods;

/**
 * The number of items in the next block; 0 behind the last. avsc takes any number a record claims, and would make 2^53 values of it. An item takes a byte at
 * least, so a number above the bytes that are left is a lie: the cursor is then moved past the end, which avsc looks at afterwards.
 */
export function nextBlock(tap: Tap): number {
  let count = tap.readLong();
  if (count < 0) {
    count = -count;
    tap.skipLong();
  }
  if (count <= tap.buf.length - tap.pos) return count;
  if (count !== 0) tap.pos = tap.buf.length + 1;
  return 0;
}

/** An Avro array whose blocks hold no more items than there are bytes. */
export class BoundedArrayType extends (avro.types.ArrayType as unknown as Constructor<avro.types.ArrayType>) {
  // @ts-expect-error avsc's types leave out the methods that its readers call.
  override _read(tap: Tap): unknown[] {
    const { itemsType } = this;
    let count = nextBlock(tap);
    const values = new Array<unknown>(count);
    for (let at = 0; count > 0; count = nextBlock(tap)) {
      for (; count > 0; count--) values[at++] = itemsType._read(tap);
    }
    return values;
  }
}

/** An Avro map, the same. */
export class BoundedMapType extends (avro.types.MapType as unknown as Constructor<avro.types.MapType>) {
  // @ts-expect-error avsc's types leave out the methods that its readers call.
  override _read(tap: Tap): Record<string, unknown> {
    const { valuesType } = this;
    let count = nextBlock(tap);
    const shapes = count > FEW ? shapesOf(this) : undefined;
    const shaped = shapes?.read(tap, count, valuesType);
    if (shaped !== undefined) return shaped;
    const values: Record<string, unknown> = {};
    let entries = 0;
    for (; count > 0; count = nextBlock(tap)) {
      entries += count;
      for (; count > 0; count--) {
        const key = readText(tap);
        if (key === "__proto__") setOwn(values, key, valuesType._read(tap));
        else values[key!] = valuesType._read(tap);
      }
    }
    shapes?.learn(values, entries);
    rememberEntries(values, entries);
    return values;
  }

  // @ts-expect-error avsc's types leave out the methods that its writers call.
  override _write(tap: Tap, map: Readonly<Record<string, unknown>>): void {
    if (typeof map !== "object" || map === null || Array.isArray(map)) return writeRefused.call(this, tap, map);
    const { valuesType } = this;
    const names = Object.keys(map);
    if (names.length > 0) {
      // The values in one call: a look for each of many names takes longer.
      const values = Object.values(map);
      tap.writeLong(names.length);
      for (let at = 0; at < names.length; at++) {
        writeName(tap, names[at]!);
        valuesType._write(tap, values[at]);
      }
    }
    tap.writeLong(0);
  }
}

/** Throws avsc's error for a value that is no map. */
const { _write: writeRefused } = avro.types.MapType.prototype as unknown as {
  _write(this: unknown, tap: Tap, value: unknown): void;
};

/** Maps of more entries may have a known shape. */
const FEW = 8;

/** By type: avsc freezes its types, so they have no field for it. */
const allShapes = new WeakMap<object, KnownShapes>();

function shapesOf(type: object): KnownShapes {
  let shapes = allShapes.get(type);
  if (shapes === undefined) allShapes.set(type, (shapes = new KnownShapes()));
  return shapes;
}

/** Longer texts are left to Node, which looks at many bytes at once and has to be called for it. */
export const SHORT = 128;

/**
 * The next text. Throws if it is no UTF-8: Node would replace the bytes, and two texts would be one. Undefined past the
 * end.
 */
function readText(tap: Tap): string | undefined {
  const length = tap.readLong();
  const { buf, pos } = tap;
  const end = pos + length;
  if (length < 0 || end > buf.length) {
    tap.pos = buf.length + 1;
    return undefined;
  }
  tap.pos = end;
  if (length < SHORT) {
    let bits = 0;
    for (let at = pos; at < end; at++) bits |= buf[at]!;
    if (bits < 0x80) return buf.latin1Slice(pos, end);
  }
  const text = buf.subarray(pos, end);
  if (!isUtf8(text)) throw new StreamsError("UNDECODABLE", "a text is not UTF-8");
  return text.toString();
}

/** An Avro string whose bytes are UTF-8. */
export class TextType extends (avro.types.StringType as unknown as Constructor<avro.types.StringType>) {
  // @ts-expect-error avsc's types leave out the methods that its readers call.
  override _read(tap: Tap): string | undefined {
    return readText(tap);
  }
}

/** For avsc's `forSchema`. */
export function boundedTypes(schema: avro.Schema, options: object): avro.Type | undefined {
  if (Array.isArray(schema)) return valueUnion(schema, options);
  if (schema === "string") return new TextType({ type: "string" }, options) as unknown as avro.Type;
  const { type } = schema as { readonly type?: unknown };
  if (type === "string") return new TextType(schema, options) as unknown as avro.Type;
  if (type === "array") return new BoundedArrayType(schema, options) as unknown as avro.Type;
  if (type === "map") return new BoundedMapType(schema, options) as unknown as avro.Type;
  return undefined;
}
