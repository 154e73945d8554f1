// Generated from ../avro/ by `npm run generate`: edit that.

import type { DecisionRecorded } from "./decision-recorded.ts";
import { decisionRecordedSchema } from "./decision-recorded.ts";

/** A decision with its labels. In-memory edge between join and etl. */
export interface Joined {
  /** As recorded. */
  readonly decision: DecisionRecorded;
  /** The first label, from the observations or its default; null: there is neither. Without any label the decision has expired. */
  readonly label: null | number;
  /** Event time of the observation that settled it; null for a default label. */
  readonly labelTime: null | number;
  /** Event time at which the row was known. */
  readonly rowTime: number;
  /** partial, provisional, mature, corrected or expired. */
  readonly maturity: RowMaturity;
  /** The labels after the first, in the blueprint's order; empty where there is one. */
  readonly others: readonly OtherLabel[];
  /** Labels whose wait was not over: they are null. Empty in every other row than a partial one. */
  readonly waiting: readonly string[];
  /** Labels that are mature for the first time in a row. Empty in a correction, and where all labels have the same wait. */
  readonly settled: readonly string[];
  /** Index of the shown option, in the decision's options, whose labels these are; null where a decision has no options. */
  readonly option: null | number;
  /** The place at which that option was shown, from 1, as observed; else as it was recorded. Null where a decision has no options. */
  readonly position: null | number;
}

/** A label after the first. */
export interface OtherLabel {
  /** Of the blueprint. */
  readonly name: string;
  /** As the first one. */
  readonly label: null | number;
  /** As of the first one. */
  readonly labelTime: null | number;
}

/** All that this release writes. A newer one may have written others. */
export const rowMaturities = ["partial", "provisional", "mature", "corrected", "expired"] as const;
export type RowMaturity = (typeof rowMaturities)[number];

export const joinedSchema = {
  type: "record",
  name: "Joined",
  namespace: "loopstream",
  doc: "A decision with its labels. In-memory edge between join and etl.",
  fields: [
    { name: "decision", type: decisionRecordedSchema, doc: "As recorded." },
    {
      name: "label",
      type: ["null", "double"],
      doc: "The first label, from the observations or its default; null: there is neither. Without any label the decision has expired.",
    },
    {
      name: "labelTime",
      type: ["null", { type: "long", logicalType: "timestamp-millis" }],
      doc: "Event time of the observation that settled it; null for a default label.",
    },
    {
      name: "rowTime",
      type: { type: "long", logicalType: "timestamp-millis" },
      doc: "Event time at which the row was known.",
    },
    { name: "maturity", type: "string", doc: "partial, provisional, mature, corrected or expired." },
    {
      name: "others",
      type: {
        type: "array",
        items: {
          type: "record",
          name: "OtherLabel",
          doc: "A label after the first.",
          fields: [
            { name: "name", type: "string", doc: "Of the blueprint." },
            { name: "label", type: ["null", "double"], doc: "As the first one." },
            {
              name: "labelTime",
              type: ["null", { type: "long", logicalType: "timestamp-millis" }],
              doc: "As of the first one.",
            },
          ],
          namespace: "loopstream",
        },
      },
      doc: "The labels after the first, in the blueprint's order; empty where there is one.",
      default: [],
    },
    {
      name: "waiting",
      type: { type: "array", items: "string" },
      doc: "Labels whose wait was not over: they are null. Empty in every other row than a partial one.",
      default: [],
    },
    {
      name: "settled",
      type: { type: "array", items: "string" },
      doc: "Labels that are mature for the first time in a row. Empty in a correction, and where all labels have the same wait.",
      default: [],
    },
    {
      name: "option",
      type: ["null", "int"],
      doc: "Index of the shown option, in the decision's options, whose labels these are; null where a decision has no options.",
      default: null,
    },
    {
      name: "position",
      type: ["null", "double"],
      doc: "The place at which that option was shown, from 1, as observed; else as it was recorded. Null where a decision has no options.",
      default: null,
    },
  ],
} as const;
