// Generated from ../avro/ by `npm run generate`: edit that.

/** A version of a row of a reference table. The record's key is `TABLE/KEY@VALID_FROM`, the time in ms since 1970: a key without it would lose the versions before to compaction. */
export interface TableRow {
  /** The blueprint's word for it. */
  readonly table: string;
  /** The parts of the row's key, in the order in which the blueprint names them. In the record's key they are joined by /, with % written as %25 and / as %2F. */
  readonly key: readonly string[];
  /** Decisions strictly after this time see this version, until a newer one is valid. */
  readonly validFrom: number;
  /** All fields of the row, by name. Null: the row is deleted from this time on. */
  readonly values: null | Readonly<Record<string, null | boolean | number | string>>;
}

export const tableRowSchema = {
  type: "record",
  name: "TableRow",
  namespace: "loopstream",
  doc: "A version of a row of a reference table. The record's key is `TABLE/KEY@VALID_FROM`, the time in ms since 1970: a key without it would lose the versions before to compaction.",
  fields: [
    { name: "table", type: "string", doc: "The blueprint's word for it." },
    {
      name: "key",
      type: { type: "array", items: "string" },
      doc: "The parts of the row's key, in the order in which the blueprint names them. In the record's key they are joined by /, with % written as %25 and / as %2F.",
    },
    {
      name: "validFrom",
      type: { type: "long", logicalType: "timestamp-millis" },
      doc: "Decisions strictly after this time see this version, until a newer one is valid.",
    },
    {
      name: "values",
      type: ["null", { type: "map", values: ["null", "boolean", "double", "string"] }],
      doc: "All fields of the row, by name. Null: the row is deleted from this time on.",
    },
  ],
} as const;
