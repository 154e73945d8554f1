// Generated from ../../avro/ by `npm run generate`: edit that.

/** Asks the instance that keeps some keys for windows of theirs. Its key is one of them; its time is the newest of their times. */
export interface WindowsAsked {
  /** All of one share. */
  readonly lookups: readonly WindowLookup[];
  /** Of each partition of the topic of events, the offset up to which the answer counts the events at least. */
  readonly after: readonly number[];
}

/** The windows of a group of one key. */
export interface WindowLookup {
  /** Of the blueprint. */
  readonly useCase: string;
  /** Of the blueprint. */
  readonly version: string;
  /** Kind of event and keys, such as departure/carrier+origin. */
  readonly group: string;
  /** Of the group. */
  readonly key: string;
  /** As of this event time, ms. */
  readonly time: number;
}

export const windowsAskedSchema = {
  type: "record",
  name: "WindowsAsked",
  namespace: "loopstream",
  doc: "Asks the instance that keeps some keys for windows of theirs. Its key is one of them; its time is the newest of their times.",
  fields: [
    {
      name: "lookups",
      type: {
        type: "array",
        items: {
          type: "record",
          name: "WindowLookup",
          doc: "The windows of a group of one key.",
          fields: [
            { name: "useCase", type: "string", doc: "Of the blueprint." },
            { name: "version", type: "string", doc: "Of the blueprint." },
            { name: "group", type: "string", doc: "Kind of event and keys, such as departure/carrier+origin." },
            { name: "key", type: "string", doc: "Of the group." },
            { name: "time", type: "long", doc: "As of this event time, ms." },
          ],
          namespace: "loopstream",
        },
      },
      doc: "All of one share.",
    },
    {
      name: "after",
      type: { type: "array", items: "long" },
      doc: "Of each partition of the topic of events, the offset up to which the answer counts the events at least.",
    },
  ],
} as const;
