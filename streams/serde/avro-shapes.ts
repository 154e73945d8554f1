import type avro from "avsc";
import { streamsLimits } from "../limits.ts";
import { StreamsError } from "../errors.ts";

/**
 * The least of a type in bytes and values: without the content of a union's branch or of an array's or map's blocks.
 */
interface Shape {
  /** Bytes of the shortest value. */
  readonly bytes: number;
  /** Values in it, itself included. */
  readonly nodes: number;
}

interface Parts {
  readonly typeName: string;
  readonly size: number;
  readonly itemsType?: avro.Type;
  readonly valuesType?: avro.Type;
  readonly fields?: readonly { readonly type: avro.Type }[];
  readonly types?: readonly avro.Type[];
}

const endless: Shape = Object.freeze({ bytes: Number.POSITIVE_INFINITY, nodes: 1 });
const fixedBytes: Readonly<Record<string, number>> = { null: 0, float: 4, double: 8 };
/** Rounds after which shapes of types that hold each other have settled, for any schema somebody means. */
const mostRounds = 100;

/**
 * Throws, with the reason, if few bytes of the type could stand for many values: the writer of such bytes could make
 * reading take any time.
 */
export function shapesOf(root: avro.Type): void {
  const types = inside(root);
  const shapes = new Map<avro.Type, Shape>(types.map((type) => [type, endless]));
  let settled = false;
  for (let round = 0; !settled; round++) {
    if (round === mostRounds)
      throw new StreamsError("UNSUPPORTED_SCHEMA", "its types hold each other in too many ways");
    settled = true;
    for (const type of types) {
      const shape = shapeOf(type as unknown as Parts, shapes);
      const before = shapes.get(type)!;
      if (shape.bytes === before.bytes && shape.nodes === before.nodes) continue;
      shapes.set(type, shape);
      settled = false;
    }
  }
  for (const type of types) check(type as unknown as Parts, shapes);
}

function shapeOf({ typeName, size, fields, types }: Parts, shapes: ReadonlyMap<avro.Type, Shape>): Shape {
  if (typeName === "fixed") return { bytes: size, nodes: 1 };
  if (types !== undefined) return { bytes: 1 + Math.min(...types.map((type) => shapes.get(type)!.bytes)), nodes: 1 };
  if (fields === undefined) return { bytes: fixedBytes[typeName] ?? 1, nodes: 1 };
  let [bytes, nodes] = [0, 1];
  for (const { type } of fields) {
    const shape = shapes.get(type)!;
    bytes += shape.bytes;
    nodes += shape.nodes;
  }
  return { bytes, nodes: Math.min(nodes, 2 * streamsLimits.avroNodes) };
}

function check({ typeName, itemsType, fields, ...parts }: Parts, shapes: ReadonlyMap<avro.Type, Shape>): void {
  if (itemsType !== undefined && shapes.get(itemsType)!.bytes === 0)
    throw new StreamsError("UNSUPPORTED_SCHEMA", "it has an array whose items take no bytes");
  const { bytes, nodes } = shapeOf({ typeName, ...parts, ...(fields === undefined ? {} : { fields }) }, shapes);
  if (bytes === Number.POSITIVE_INFINITY)
    throw new StreamsError("UNSUPPORTED_SCHEMA", `a ${typeName} in it never ends`);
  if (nodes > streamsLimits.avroNodes)
    throw new StreamsError("UNSUPPORTED_SCHEMA", `a ${typeName} in it has more than ${streamsLimits.avroNodes} values`);
  if (nodes - bytes > streamsLimits.avroEmptyNodes) {
    throw new StreamsError(
      "UNSUPPORTED_SCHEMA",
      `a ${typeName} in it has more than ${streamsLimits.avroEmptyNodes} values that take no bytes`,
    );
  }
}

/** Every type in a type, those it is made of before itself. */
function inside(root: avro.Type): readonly avro.Type[] {
  const seen = new Set<avro.Type>();
  const found: avro.Type[] = [];
  const add = (type: avro.Type): void => {
    if (seen.has(type)) return;
    seen.add(type);
    const { itemsType, valuesType, fields = [], types = [] } = type as unknown as Parts;
    for (const part of [itemsType, valuesType, ...fields.map((field) => field.type), ...types]) {
      if (part !== undefined) add(part);
    }
    found.push(type);
  };
  add(root);
  return found;
}
