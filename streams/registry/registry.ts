/** A parsed Avro schema as JSON. */
export type AvroSchema = string | readonly AvroSchema[] | { readonly [field: string]: unknown };

/** Confluent's names. `BACKWARD`: the new schema reads records of the last one. `NONE`: anything goes. */
export type Compatibility = "NONE" | "BACKWARD" | "BACKWARD_TRANSITIVE" | "FORWARD" | "FULL";

/** Subjects, ids and compatibility rules, as a Confluent-compatible registry keeps them. */
export interface SchemaRegistry {
  /**
   * The id of the schema under the subject, registering it when it is new. The subject's compatibility is set to the given mode when the subject is new.
   * Rejects with `INCOMPATIBLE_SCHEMA` naming the subject and the offending field, or `REGISTRY_UNAVAILABLE`.
   */
  register(subject: string, schema: AvroSchema, compatibility: Compatibility): Promise<number>;
  /** Rejects with `UNKNOWN_SCHEMA` when there is no such id, and with `UNSUPPORTED_SCHEMA` when it is not of Avro alone. */
  schema(id: number): Promise<AvroSchema>;
  subjects(): Promise<readonly string[]>;
  close(): Promise<void>;
}
