// Generated from ../avro/ by `npm run generate`: edit that.

/** Something an operator should look at. */
export interface Alert {
  /** Of what it is about. */
  readonly useCase: string;
  /** Which rule: promotion, where an apprentice agrees as often as its blueprint asks. */
  readonly kind: string;
  /** What was seen and what to do. */
  readonly message: string;
  /** Event time. */
  readonly time: number;
  /** Of what it is about; null: the use case. */
  readonly blueprintVersion: null | string;
  /** Of a proposed promotion: the mode is valid after this event time; null: from the version's beginning. */
  readonly since: null | number;
  /** By name. Of a proposed promotion: agreement, decisions, agreed and agreedFirst. */
  readonly figures: Readonly<Record<string, number>>;
}

export const alertSchema = {
  type: "record",
  name: "Alert",
  namespace: "loopstream",
  doc: "Something an operator should look at.",
  fields: [
    { name: "useCase", type: "string", doc: "Of what it is about." },
    {
      name: "kind",
      type: "string",
      doc: "Which rule: promotion, where an apprentice agrees as often as its blueprint asks.",
    },
    { name: "message", type: "string", doc: "What was seen and what to do." },
    { name: "time", type: { type: "long", logicalType: "timestamp-millis" }, doc: "Event time." },
    {
      name: "blueprintVersion",
      type: ["null", "string"],
      doc: "Of what it is about; null: the use case.",
      default: null,
    },
    {
      name: "since",
      type: ["null", { type: "long", logicalType: "timestamp-millis" }],
      doc: "Of a proposed promotion: the mode is valid after this event time; null: from the version's beginning.",
      default: null,
    },
    {
      name: "figures",
      type: { type: "map", values: "double" },
      doc: "By name. Of a proposed promotion: agreement, decisions, agreed and agreedFirst.",
      default: {},
    },
  ],
} as const;
