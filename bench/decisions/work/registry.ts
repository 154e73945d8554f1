import type { AvroSchema, SchemaRegistry } from "../../../streams/index.ts";
import { schemaIds } from "./topics.ts";

/** The benchmark's schemas with fixed ids, so that no peer needs a registry's process beside it. Nobody asks one at run time anyway. */
export function fixedRegistry(): SchemaRegistry {
  const schemas = new Map<number, AvroSchema>();
  const subjects = new Set<string>();
  return Object.freeze({
    async register(subject: string, schema: AvroSchema) {
      const name = (schema as { readonly name?: string }).name ?? subject;
      const id = schemaIds[name] ?? 1_000 + subjects.size;
      subjects.add(subject);
      schemas.set(id, schema);
      return id;
    },
    async schema(id: number) {
      return schemas.get(id)!;
    },
    subjects: async () => [...subjects],
    close: () => Promise.resolve(),
  });
}
