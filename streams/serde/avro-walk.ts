import { isUtf8 } from "node:buffer";
import avro from "avsc";
import type { AvroSchema } from "../registry/registry.ts";
import { streamsLimits } from "../limits.ts";
import { shapesOf } from "./avro-shapes.ts";
import { SHORT } from "./bounded-types.ts";
import { StreamsError } from "../errors.ts";

/**
 * Throws, with the fault, unless the bytes from `at` to the end are exactly one value. Bounded in time and memory by
 * their number.
 */
export type Walk = (bytes: Buffer, at: number) => void;

interface Cursor {
  readonly bytes: Buffer;
  at: number;
  depth: number;
}
type Step = (cursor: Cursor) => void;

/**
 * A check of bytes that somebody else's schema wrote, to be made before avsc reads them: avsc believes every count and length.
 * Throws for a schema that is not Avro or could not be read in bounded time.
 */
export function walkOf(schema: AvroSchema): Walk {
  const type = avro.Type.forSchema(schema as avro.Schema);
  shapesOf(type);
  const step = stepOf(type, new Map());
  return (bytes, at) => {
    const cursor = { bytes, at, depth: 0 };
    step(cursor);
    if (cursor.at < bytes.length)
      throw new StreamsError("UNDECODABLE", `${bytes.length - cursor.at} bytes too many: is the id the right one?`);
  };
}

function stepOf(type: avro.Type, known: Map<avro.Type, Step>): Step {
  const there = known.get(type);
  if (there !== undefined) return there;
  // A type may hold itself: it is known before its parts are.
  known.set(type, (cursor) => made(cursor));
  const made = newStep(type, known);
  known.set(type, made);
  return made;
}

function newStep(type: avro.Type, known: Map<avro.Type, Step>): Step {
  const of = type as unknown as Parts;
  switch (of.typeName) {
    case "null":
      return () => undefined;
    case "boolean":
      return (cursor) => skip(cursor, 1);
    case "int":
    case "long":
      return (cursor) => void readLong(cursor);
    case "float":
      return (cursor) => skip(cursor, 4);
    case "double":
      return (cursor) => skip(cursor, 8);
    case "bytes":
      return (cursor) => skip(cursor, readLong(cursor));
    case "string":
      return text;
    case "fixed":
      return (cursor) => skip(cursor, of.size);
    case "enum":
      return (cursor) => void readIndex(cursor, of.symbols.length, "symbols");
    case "array":
      return blocks(stepOf(of.itemsType, known));
    case "map":
      return blocks(inOrder([text, stepOf(of.valuesType, known)]));
    case "record":
    case "error":
      return nested(inOrder(of.fields.map((field) => stepOf(field.type, known))));
    default: {
      const branches = of.types.map((branch) => stepOf(branch, known));
      return (cursor) => branches[readIndex(cursor, branches.length, "branches")]!(cursor);
    }
  }
}

/** Fields of avsc's types; each type has some of them. */
interface Parts {
  readonly typeName: string;
  readonly size: number;
  readonly symbols: readonly string[];
  readonly itemsType: avro.Type;
  readonly valuesType: avro.Type;
  readonly fields: readonly { readonly type: avro.Type }[];
  readonly types: readonly avro.Type[];
}

const inOrder =
  (steps: readonly Step[]): Step =>
  (cursor) => {
    for (const step of steps) step(cursor);
  };

const nested =
  (step: Step): Step =>
  (cursor) => {
    if (++cursor.depth > streamsLimits.avroDepth)
      throw new StreamsError("UNDECODABLE", `more than ${streamsLimits.avroDepth} records in each other`);
    step(cursor);
    cursor.depth--;
  };

const blocks = (item: Step): Step =>
  nested((cursor) => {
    for (let count = readLong(cursor); count !== 0; count = readLong(cursor)) {
      let end: number | undefined;
      if (count < 0) {
        count = -count;
        const size = readLong(cursor);
        end = cursor.at + size;
        if (size < 0 || end > cursor.bytes.length)
          throw new StreamsError("UNDECODABLE", `a block says it has ${size} bytes`);
      }
      const left = cursor.bytes.length - cursor.at;
      if (count > left)
        throw new StreamsError("UNDECODABLE", `a block says it has ${count} items, with ${left} bytes left`);
      for (; count > 0; count--) item(cursor);
      if (end !== undefined && cursor.at !== end)
        throw new StreamsError("UNDECODABLE", "a block has another length than it says");
    }
  });

function text(cursor: Cursor): void {
  const length = readLong(cursor);
  const start = cursor.at;
  skip(cursor, length);
  const { bytes, at: end } = cursor;
  if (length < SHORT) {
    // To ask Node costs more than to look at so few bytes.
    let bits = 0;
    for (let at = start; at < end; at++) bits |= bytes[at]!;
    if (bits < 0x80) return;
  }
  if (!isUtf8(bytes.subarray(start, end))) throw new StreamsError("UNDECODABLE", "a text is not UTF-8");
}

function skip(cursor: Cursor, length: number): void {
  const left = cursor.bytes.length - cursor.at;
  if (length < 0 || length > left)
    throw new StreamsError("UNDECODABLE", `truncated: ${length} bytes are to come, ${left} are left`);
  cursor.at += length;
}

function readIndex(cursor: Cursor, count: number, of: string): number {
  const index = readLong(cursor);
  if (index < 0 || index >= count)
    throw new StreamsError("UNDECODABLE", `there are ${count} ${of}, and it says number ${index}`);
  return index;
}

/** Zigzag, at most ten bytes; exact up to 2^53, which is more than any count or length that passes. */
function readLong(cursor: Cursor): number {
  const { bytes } = cursor;
  const first = bytes[cursor.at];
  if (first !== undefined && first < 0x80) {
    cursor.at++;
    return (first >>> 1) ^ -(first & 1);
  }
  let value = 0;
  let factor = 1;
  for (let i = 0; i < 10; i++, factor *= 128) {
    if (cursor.at >= bytes.length) throw new StreamsError("UNDECODABLE", "truncated");
    const byte = bytes[cursor.at++]!;
    value += (byte & 0x7f) * factor;
    if (byte < 0x80) return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }
  throw new StreamsError("UNDECODABLE", "a number of more than ten bytes");
}
