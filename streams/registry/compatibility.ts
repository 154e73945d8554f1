import avro from "avsc";
import { hasInheritedName, readWithOwnNames } from "../serde/inherited-names.ts";
import type { AvroSchema, Compatibility } from "./registry.ts";

/**
 * Why `next` may not follow `previous` under the mode; `undefined` when it may. Promotions and names follow Avro's
 * specification: records match by their names without namespaces, or by an alias.
 */
export function incompatibility(previous: AvroSchema, next: AvroSchema, mode: Compatibility): string | undefined {
  switch (mode) {
    case "NONE":
      return undefined;
    case "BACKWARD":
    case "BACKWARD_TRANSITIVE":
      return unreadable(next, previous);
    case "FORWARD":
      return unreadable(previous, next);
    case "FULL":
      return unreadable(next, previous) ?? unreadable(previous, next);
  }
}

function unreadable(reader: AvroSchema, writer: AvroSchema): string | undefined {
  try {
    if (hasInheritedName(reader) || hasInheritedName(writer)) {
      readWithOwnNames(reader, writer);
      return undefined;
    }
    const readerType = avro.Type.forSchema(reader as avro.Schema);
    readerType.createResolver(avro.Type.forSchema(writer as avro.Schema), { ignoreNamespaces: true });
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
