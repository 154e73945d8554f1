// Generated from ../avro/ by `npm run generate`: edit that.

/** Lines of files that an import has published, so that it publishes none of them again. Its key is scope/source/hour/number. */
export interface ImportedLines {
  /** The use case of the decisions and observations. Empty: events of no decision. */
  readonly scope: string;
  /** The feed whose event time they moved. */
  readonly source: string;
  /** They are dated in the hour that begins then. */
  readonly hour: number;
  /** A name of 8 bytes for each. */
  readonly lines: Uint8Array;
  /** Of each line 20 bytes, by which a line that was changed since is known: what it is about, what it says, ms of its time within the hour. Empty in records of earlier releases. */
  readonly facts: Uint8Array;
}

export const importedLinesSchema = {
  type: "record",
  name: "ImportedLines",
  namespace: "loopstream",
  doc: "Lines of files that an import has published, so that it publishes none of them again. Its key is scope/source/hour/number.",
  fields: [
    {
      name: "scope",
      type: "string",
      doc: "The use case of the decisions and observations. Empty: events of no decision.",
    },
    { name: "source", type: "string", doc: "The feed whose event time they moved." },
    {
      name: "hour",
      type: { type: "long", logicalType: "timestamp-millis" },
      doc: "They are dated in the hour that begins then.",
    },
    { name: "lines", type: "bytes", doc: "A name of 8 bytes for each." },
    {
      name: "facts",
      type: "bytes",
      default: "",
      doc: "Of each line 20 bytes, by which a line that was changed since is known: what it is about, what it says, ms of its time within the hour. Empty in records of earlier releases.",
    },
  ],
} as const;
