// Generated from ../avro/ by `npm run generate`: edit that.

import type { DecisionReason } from "./decision-recorded.ts";

/** The answer to one request. */
export interface DecisionReplied {
  /** Of the request. */
  readonly decisionId: string;
  /** Of the request. */
  readonly useCase: string;
  /** The decision; null: use your default, reason says why. */
  readonly value: null | boolean | number | string;
  /** noModel, holdout, control, explore, exploit or error. */
  readonly reason: DecisionReason;
  /** Probability with which this value was chosen; null without a choice. */
  readonly propensity: null | number;
  /** The version that answered. */
  readonly blueprintVersion: null | string;
  /** The model that answered. */
  readonly modelId: null | string;
  /** With reason error: what to mend. */
  readonly error: null | string;
  /** Time of the first decision under this id, where its answer was kept no longer and a new one was made; null: none was known. */
  readonly repeatOf: null | number;
  /** The settings of the chosen action, by the version that answered; null where it has none, and without a decision. */
  readonly payload: null | Readonly<Record<string, boolean | number | string>>;
  /** The options to show, by their ids and in this order; null where the decision is no ranking, and where there is none: use your own order, reason says why. */
  readonly ranking: null | readonly string[];
}

export const decisionRepliedSchema = {
  type: "record",
  name: "DecisionReplied",
  namespace: "loopstream",
  doc: "The answer to one request.",
  fields: [
    { name: "decisionId", type: "string", doc: "Of the request." },
    { name: "useCase", type: "string", doc: "Of the request." },
    {
      name: "value",
      type: ["null", "boolean", "double", "string"],
      doc: "The decision; null: use your default, reason says why.",
    },
    { name: "reason", type: "string", doc: "noModel, holdout, control, explore, exploit or error." },
    {
      name: "propensity",
      type: ["null", "double"],
      doc: "Probability with which this value was chosen; null without a choice.",
      default: null,
    },
    { name: "blueprintVersion", type: ["null", "string"], doc: "The version that answered.", default: null },
    { name: "modelId", type: ["null", "string"], doc: "The model that answered.", default: null },
    { name: "error", type: ["null", "string"], doc: "With reason error: what to mend.", default: null },
    {
      name: "repeatOf",
      type: ["null", { type: "long", logicalType: "timestamp-millis" }],
      doc: "Time of the first decision under this id, where its answer was kept no longer and a new one was made; null: none was known.",
      default: null,
    },
    {
      name: "payload",
      type: ["null", { type: "map", values: ["boolean", "double", "string"] }],
      doc: "The settings of the chosen action, by the version that answered; null where it has none, and without a decision.",
      default: null,
    },
    {
      name: "ranking",
      type: ["null", { type: "array", items: "string" }],
      doc: "The options to show, by their ids and in this order; null where the decision is no ranking, and where there is none: use your own order, reason says why.",
      default: null,
    },
  ],
} as const;
