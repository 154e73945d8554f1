import { StreamsError } from "../../errors.ts";
import { incompatibility } from "../../registry/compatibility.ts";
import type { AvroSchema, Compatibility, SchemaRegistry } from "../../registry/registry.ts";
import { prefixRange, schemaKey, subjectKey } from "./keys.ts";
import type { LogStore } from "./log-store.ts";
import type { Operation } from "./write-queue.ts";

interface Version {
  readonly id: number;
  readonly schema: AvroSchema;
}

interface Subject {
  readonly compatibility: Compatibility;
  readonly versions: Version[];
}

/** Subjects, ids and compatibility rules kept in the log's own database. */
export class EmbeddedRegistry implements SchemaRegistry {
  readonly #store: LogStore;
  readonly #schemas = new Map<number, AvroSchema>();
  readonly #ids = new Map<string, number>();
  readonly #subjects = new Map<string, Subject>();
  #registering: Promise<unknown> = Promise.resolve();

  constructor(store: LogStore) {
    this.#store = store;
  }

  /** Loads memory from the database. */
  async load(): Promise<void> {
    for (const known of [this.#schemas, this.#ids, this.#subjects]) known.clear();
    for await (const [key, value] of this.#store.iterator(prefixRange("i"))) {
      const id = Number(key.toString("utf8", 1));
      const text = value.toString();
      this.#schemas.set(id, JSON.parse(text) as AvroSchema);
      this.#ids.set(text, id);
    }
    for await (const [key, value] of this.#store.iterator(prefixRange("s"))) {
      const name = key.toString("utf8", 1).split("\0")[0]!;
      const { id, compatibility } = JSON.parse(value.toString()) as { id: number; compatibility: Compatibility };
      const subject = this.#subjects.get(name) ?? { compatibility, versions: [] };
      subject.versions.push({ id, schema: this.#schemas.get(id)! });
      this.#subjects.set(name, subject);
    }
  }

  /** One after the other; known once it is stored. */
  register(name: string, schema: AvroSchema, compatibility: Compatibility): Promise<number> {
    const registered = this.#registering.then(() => this.#register(name, schema, compatibility));
    this.#registering = registered.catch(() => undefined);
    return registered;
  }

  async #register(name: string, schema: AvroSchema, compatibility: Compatibility): Promise<number> {
    const text = JSON.stringify(schema);
    const known = this.#ids.get(text);
    const subject = this.#subjects.get(name) ?? { compatibility, versions: [] };
    if (known !== undefined && subject.versions.some((version) => version.id === known)) return known;
    const mode = subject.compatibility;
    const against = mode === "BACKWARD_TRANSITIVE" ? subject.versions : subject.versions.slice(-1);
    for (const version of against) {
      const reason = incompatibility(version.schema, schema, mode);
      if (reason !== undefined) {
        throw new StreamsError(
          "INCOMPATIBLE_SCHEMA",
          `subject ${name}: the new schema is not ${mode} compatible with version ` +
            `${subject.versions.indexOf(version) + 1}: ${reason}`,
        );
      }
    }
    const id = known ?? Math.max(0, ...this.#schemas.keys()) + 1;
    const operations: Operation[] = [];
    if (known === undefined) operations.push({ type: "put", key: schemaKey(id), value: Buffer.from(text) });
    operations.push({
      type: "put",
      key: subjectKey(name, subject.versions.length + 1),
      value: Buffer.from(JSON.stringify({ id, compatibility: mode })),
    });
    await this.#store.submit(operations, () => {
      subject.versions.push({ id, schema });
      this.#schemas.set(id, schema);
      this.#ids.set(text, id);
      this.#subjects.set(name, subject);
    });
    return id;
  }

  schema(id: number): Promise<AvroSchema> {
    const schema = this.#schemas.get(id);
    if (schema === undefined) {
      return Promise.reject(new StreamsError("UNKNOWN_SCHEMA", `there is no schema with id ${id} in the registry`));
    }
    return Promise.resolve(schema);
  }

  subjects(): Promise<readonly string[]> {
    return Promise.resolve([...this.#subjects.keys()].sort());
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
