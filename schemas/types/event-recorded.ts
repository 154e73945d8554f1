// Generated from ../avro/ by `npm run generate`: edit that.

/** Something that happened, whether or not a decision was asked for. Its timestamp is the event time. */
export interface EventRecorded {
  /** The blueprint's word for it. */
  readonly kind: string;
  /** Context keys it belongs to and measured fields, by name. */
  readonly attributes: Readonly<Record<string, null | boolean | number | string>>;
}

export const eventRecordedSchema = {
  type: "record",
  name: "EventRecorded",
  namespace: "loopstream",
  doc: "Something that happened, whether or not a decision was asked for. Its timestamp is the event time.",
  fields: [
    { name: "kind", type: "string", doc: "The blueprint's word for it." },
    {
      name: "attributes",
      type: { type: "map", values: ["null", "boolean", "double", "string"] },
      doc: "Context keys it belongs to and measured fields, by name.",
    },
  ],
} as const;
