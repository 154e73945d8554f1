// Generated from ../avro/ by `npm run generate`: edit that.

/** A record that could not be handled, with all that is needed to handle it later. */
export interface DeadLetter {
  /** Where it was read, or the file it came from. */
  readonly topic: string;
  /** Where it was read; -1 for a file. */
  readonly partition: number;
  /** Where it was read, or the line of the file. */
  readonly offset: number;
  /** Who could not handle it. */
  readonly operator: string;
  /** From the table of errors. */
  readonly code: string;
  /** What is wrong. */
  readonly message: string;
  /** As it was. */
  readonly key: null | Uint8Array;
  /** As it was, or its beginning: cut says so. */
  readonly value: null | Uint8Array;
  /** As they were, as far as they fit. */
  readonly headers: Readonly<Record<string, Uint8Array>>;
  /** Bytes of the value, key or headers are missing, since they would not fit. */
  readonly cut: boolean;
}

export const deadLetterSchema = {
  type: "record",
  name: "DeadLetter",
  namespace: "loopstream",
  doc: "A record that could not be handled, with all that is needed to handle it later.",
  fields: [
    { name: "topic", type: "string", doc: "Where it was read, or the file it came from." },
    { name: "partition", type: "int", doc: "Where it was read; -1 for a file." },
    { name: "offset", type: "long", doc: "Where it was read, or the line of the file." },
    { name: "operator", type: "string", doc: "Who could not handle it." },
    { name: "code", type: "string", doc: "From the table of errors." },
    { name: "message", type: "string", doc: "What is wrong." },
    { name: "key", type: ["null", "bytes"], doc: "As it was." },
    { name: "value", type: ["null", "bytes"], doc: "As it was, or its beginning: cut says so." },
    { name: "headers", type: { type: "map", values: "bytes" }, doc: "As they were, as far as they fit." },
    {
      name: "cut",
      type: "boolean",
      doc: "Bytes of the value, key or headers are missing, since they would not fit.",
      default: false,
    },
  ],
} as const;
