// Generated from ../avro/ by `npm run generate`: edit that.

/** How far event time has come where the producers are: lets quiet partitions move on. */
export interface Clock {
  /** Every record up to here has been published. */
  readonly time: number;
}

export const clockSchema = {
  type: "record",
  name: "Clock",
  namespace: "loopstream",
  doc: "How far event time has come where the producers are: lets quiet partitions move on.",
  fields: [
    {
      name: "time",
      type: { type: "long", logicalType: "timestamp-millis" },
      doc: "Every record up to here has been published.",
    },
  ],
} as const;
