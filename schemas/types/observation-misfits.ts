// Generated from ../avro/ by `npm run generate`: edit that.

/** What an observation says that counts for nothing. In-memory edge between join and monitor. */
export interface ObservationMisfits {
  /** Of the decision that it is about. */
  readonly useCase: string;
  /** Of that decision. */
  readonly blueprintVersion: string;
  /** By name: unknown to the blueprint, or unusable for its type. */
  readonly entries: Readonly<Record<string, string>>;
  /** Its kind, where the blueprint does not know that; null: it does. */
  readonly kind: null | string;
}

export const observationMisfitsSchema = {
  type: "record",
  name: "ObservationMisfits",
  namespace: "loopstream",
  doc: "What an observation says that counts for nothing. In-memory edge between join and monitor.",
  fields: [
    { name: "useCase", type: "string", doc: "Of the decision that it is about." },
    { name: "blueprintVersion", type: "string", doc: "Of that decision." },
    {
      name: "entries",
      type: { type: "map", values: "string" },
      doc: "By name: unknown to the blueprint, or unusable for its type.",
    },
    { name: "kind", type: ["null", "string"], doc: "Its kind, where the blueprint does not know that; null: it does." },
  ],
} as const;
