import { StreamsError } from "../errors.ts";
import { streamsLimits } from "../limits.ts";
import type { AvroSchema } from "./registry.ts";

type Fields = Readonly<Record<string, unknown>>;

const primitives = new Set(["null", "boolean", "int", "long", "float", "double", "bytes", "string"]);
const complex = new Set(["array", "map"]);
const named = new Set<unknown>(["record", "error", "enum", "fixed"]);

/** The full name of a schema's type, if it has one. */
export function namedType(schema: AvroSchema): string | undefined {
  const { name, namespace } = (typeof schema === "object" ? schema : {}) as Fields;
  return typeof name === "string" ? fullName(name, typeof namespace === "string" ? namespace : "") : undefined;
}

/**
 * A schema in which each type that it only names has its definition, where it is named first.
 * @param types definitions by full name
 */
export function inlined(schema: AvroSchema, types: ReadonlyMap<string, AvroSchema>): AvroSchema {
  const defined = new Set<string>();
  const visit = (part: unknown, namespace: string, depth: number): unknown => {
    if (depth > streamsLimits.avroDepth) throw tooDeep();
    if (typeof part === "string") {
      if (primitives.has(part)) return part;
      const name = fullName(part, namespace);
      const definition = types.get(name);
      if (defined.has(name) || definition === undefined) return name;
      return visit(withOwnNamespace(definition), "", depth + 1);
    }
    if (Array.isArray(part)) return part.map((each) => visit(each, namespace, depth + 1));
    if (typeof part !== "object" || part === null) return part;
    const fields = part as Fields;
    if (named.has(fields["type"])) {
      const own = typeof fields["namespace"] === "string" ? fields["namespace"] : namespace;
      const name = fullName(String(fields["name"]), own);
      defined.add(name);
      return {
        ...fields,
        ...(Array.isArray(fields["fields"])
          ? {
              fields: fields["fields"].map((field: Fields) => ({
                ...field,
                type: visit(field["type"], namespaceOf(name), depth + 1),
              })),
            }
          : {}),
      };
    }
    // Java writes a type that is only named so, too; avsc does not read it.
    if (typeof fields["type"] === "string" && !complex.has(fields["type"]) && !primitives.has(fields["type"])) {
      return visit(fields["type"], namespace, depth + 1);
    }
    const inner = fields["type"] === "array" ? "items" : fields["type"] === "map" ? "values" : "type";
    return { ...fields, [inner]: visit(fields[inner], namespace, depth + 1) };
  };
  return visit(schema, "", 0) as AvroSchema;
}

/** A definition that stands inside another type would have its namespace. */
function withOwnNamespace(definition: AvroSchema): unknown {
  return typeof definition === "object" && !("namespace" in definition) && !Array.isArray(definition)
    ? { ...definition, namespace: namespaceOf(String((definition as Fields)["name"])) }
    : definition;
}

const fullName = (name: string, namespace: string): string =>
  name.includes(".") || namespace === "" ? name : `${namespace}.${name}`;
const namespaceOf = (name: string): string => name.slice(0, Math.max(0, name.lastIndexOf(".")));
const tooDeep = (): StreamsError =>
  new StreamsError("UNSUPPORTED_SCHEMA", `types are inside each other more than ${streamsLimits.avroDepth} times`);
