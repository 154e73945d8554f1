import avro from "avsc";
import { boundedTypes } from "./bounded-types.ts";
import { readExactLong, type Tap } from "./tap.ts";

interface LongMethods {
  _read(tap: Tap): unknown;
}
type LongConstructor = new () => avro.types.LongType & LongMethods;

/** An Avro long that is a bigint if a number can't hold it; avsc refuses to read such a long. */
class ExactLongType extends (avro.types.LongType as unknown as LongConstructor) {
  override _read(tap: Tap): unknown {
    const long = readExactLong(tap);
    return Number.isSafeInteger(Number(long)) ? Number(long) : long;
  }
}

/** For avsc's `forSchema`: types that are bounded, with exact longs. */
export function exactTypes(schema: avro.Schema, options: object): avro.Type | undefined {
  const { type } = schema as { readonly type?: unknown };
  return schema === "long" || type === "long"
    ? (new ExactLongType() as unknown as avro.Type)
    : boundedTypes(schema, options);
}
