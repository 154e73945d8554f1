import { StreamsError } from "../errors.ts";
import { incompatibility } from "./compatibility.ts";
import type { AvroSchema, Compatibility, SchemaRegistry } from "./registry.ts";

interface Subject {
  readonly compatibility: Compatibility;
  readonly ids: number[];
}

/** Subjects, ids and compatibility rules that live as long as the process: for the test driver. */
export function createMemoryRegistry(): SchemaRegistry {
  const schemas: AvroSchema[] = [];
  const ids = new Map<string, number>();
  const subjects = new Map<string, Subject>();

  function register(name: string, schema: AvroSchema, mode: Compatibility): number {
    const text = JSON.stringify(schema);
    const subject = subjects.get(name) ?? { compatibility: mode, ids: [] };
    const id = ids.get(text) ?? schemas.length + 1;
    if (subject.ids.includes(id)) return id;
    const against = subject.compatibility === "BACKWARD_TRANSITIVE" ? subject.ids : subject.ids.slice(-1);
    for (const other of against) {
      const reason = incompatibility(schemas[other - 1]!, schema, subject.compatibility);
      if (reason !== undefined) {
        const problem = `the new schema is not ${subject.compatibility} compatible with schema id ${other}: ${reason}`;
        throw new StreamsError("INCOMPATIBLE_SCHEMA", `subject ${name}: ${problem}`);
      }
    }
    schemas[id - 1] = schema;
    ids.set(text, id);
    subjects.set(name, { ...subject, ids: [...subject.ids, id] });
    return id;
  }

  return Object.freeze({
    async register(name: string, schema: AvroSchema, mode: Compatibility) {
      return register(name, schema, mode);
    },
    async schema(id: number) {
      const schema = schemas[id - 1];
      if (schema === undefined) throw new StreamsError("UNKNOWN_SCHEMA", `there is no schema with id ${id}`);
      return schema;
    },
    async subjects() {
      return [...subjects.keys()].sort();
    },
    close: () => Promise.resolve(),
  });
}
