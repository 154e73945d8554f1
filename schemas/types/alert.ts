// Generated from ../avro/ by `npm run generate`: edit that.

/** Something an operator should look at. */
export interface Alert {
  /** Of what it is about. */
  readonly useCase: string;
  /** Which rule. */
  readonly kind: string;
  /** What was seen and what to do. */
  readonly message: string;
  /** Event time. */
  readonly time: number;
}

export const alertSchema = {
  type: "record",
  name: "Alert",
  namespace: "loopstream",
  doc: "Something an operator should look at.",
  fields: [
    { name: "useCase", type: "string", doc: "Of what it is about." },
    { name: "kind", type: "string", doc: "Which rule." },
    { name: "message", type: "string", doc: "What was seen and what to do." },
    { name: "time", type: { type: "long", logicalType: "timestamp-millis" }, doc: "Event time." },
  ],
} as const;
