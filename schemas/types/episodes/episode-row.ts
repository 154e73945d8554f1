// Generated from ../../avro/ by `npm run generate`: edit that.

/** What an episode needs of a training row. Its key is the one that decisions follow each other by; its time is that of the row. */
export interface EpisodeRow {
  /** Of the decision. */
  readonly decisionId: string;
  /** Event time of the decision. */
  readonly decisionTime: number;
  /** The version that decided. */
  readonly blueprintVersion: string;
  /** Of the row. */
  readonly maturity: string;
  /** The features that make the state, in the blueprint's order. */
  readonly state: readonly (null | number | string)[];
  /** What was decided; null when the product's default applied. */
  readonly action: null | string;
  /** The probability with which that was decided. */
  readonly propensity: null | number;
  /** What the decision was worth; null while it waits, or where it is missing. */
  readonly reward: null | number;
  /** Nothing comes after this decision. */
  readonly ends: boolean;
}

export const episodeRowSchema = {
  type: "record",
  name: "EpisodeRow",
  namespace: "loopstream",
  doc: "What an episode needs of a training row. Its key is the one that decisions follow each other by; its time is that of the row.",
  fields: [
    { name: "decisionId", type: "string", doc: "Of the decision." },
    {
      name: "decisionTime",
      type: { type: "long", logicalType: "timestamp-millis" },
      doc: "Event time of the decision.",
    },
    { name: "blueprintVersion", type: "string", doc: "The version that decided." },
    { name: "maturity", type: "string", doc: "Of the row." },
    {
      name: "state",
      type: { type: "array", items: ["null", "double", "string"] },
      doc: "The features that make the state, in the blueprint's order.",
    },
    { name: "action", type: ["null", "string"], doc: "What was decided; null when the product's default applied." },
    { name: "propensity", type: ["null", "double"], doc: "The probability with which that was decided." },
    {
      name: "reward",
      type: ["null", "double"],
      doc: "What the decision was worth; null while it waits, or where it is missing.",
    },
    { name: "ends", type: "boolean", doc: "Nothing comes after this decision." },
  ],
} as const;
