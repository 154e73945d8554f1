// Generated from ../avro/ by `npm run generate`: edit that.

import type { DecisionRecorded } from "./decision-recorded.ts";

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
    {
      name: "decision",
      type: {
        type: "record",
        name: "DecisionRecorded",
        namespace: "loopstream",
        doc: "A decision as it was made: everything a training row or a later estimate needs. Its key is the decision id.",
        fields: [
          { name: "decisionId", type: "string", doc: "Of the request." },
          { name: "unit", type: "string", doc: "Of the request." },
          { name: "useCase", type: "string", doc: "Of the request." },
          { name: "blueprintVersion", type: "string", doc: "The version that was valid at decisionTime." },
          {
            name: "modelId",
            type: ["null", "string"],
            doc: "The model in production at decisionTime, or the canary where the decision is of its share; null: there was none.",
          },
          {
            name: "features",
            type: { type: "array", items: ["null", "double", "string"] },
            doc: "The feature vector as logged, in the blueprint's order; null is a missing value, a string a category. Features of options are null here.",
          },
          { name: "predictions", type: { type: "map", values: "double" }, doc: "By objective; empty without a model." },
          {
            name: "actions",
            type: { type: "array", items: ["boolean", "double", "string"] },
            doc: "What could have been chosen; empty where the decision space is not finite. Of a ranking that was drawn, all options.",
          },
          {
            name: "distribution",
            type: { type: "array", items: "double" },
            doc: "Probability of each action, in their order; sums to 1, or is empty.",
          },
          {
            name: "value",
            type: ["null", "boolean", "double", "string"],
            doc: "What was chosen; null without a model.",
          },
          {
            name: "propensity",
            type: ["null", "double"],
            doc: "Probability with which the value was chosen, of a ranking that of the whole list; null without a choice, and where it is not known of a logged one.",
          },
          { name: "seed", type: "string", doc: "Seed of the sampling: hex, from salt, use case and decision id." },
          { name: "mode", type: "string", doc: "loggingOnly, apprentice or online." },
          {
            name: "reason",
            type: "string",
            doc: "noModel, holdout, control, explore, exploit or error; logged: the action was taken elsewhere, and imported with the request.",
          },
          {
            name: "decisionTime",
            type: { type: "long", logicalType: "timestamp-millis" },
            doc: "Event time of the request.",
          },
          { name: "deferred", type: "boolean", doc: "Decided, not yet shown.", default: false },
          {
            name: "repeatOf",
            type: ["null", { type: "long", logicalType: "timestamp-millis" }],
            doc: "Time of the first decision under this id, where its answer was kept no longer and a new one was made; null: none was known.",
            default: null,
          },
          {
            name: "keys",
            type: ["null", { type: "map", values: "string" }],
            doc: "Entries of the request's context that windows can be kept by, whether or not one is: the events of its observations have them. Null: they were not kept, and its observations are no events.",
            default: null,
          },
          {
            name: "parameters",
            type: { type: "map", values: "double" },
            doc: "Values of the policy's named parameters at decisionTime; empty: the policy has none.",
            default: {},
          },
          {
            name: "options",
            type: {
              type: "array",
              items: {
                type: "record",
                name: "OptionRecorded",
                doc: "An option as it was scored.",
                fields: [
                  { name: "optionId", type: "string", doc: "Names the option; what observations name." },
                  {
                    name: "features",
                    type: { type: "array", items: ["null", "double", "string"] },
                    doc: "The features of the option, in the blueprint's order. The others are the decision's.",
                  },
                  {
                    name: "predictions",
                    type: { type: "map", values: "double" },
                    doc: "By label; empty without a model.",
                  },
                  {
                    name: "score",
                    type: ["null", "double"],
                    doc: "What the policy ordered by; null: there is none, without a model too.",
                  },
                  {
                    name: "position",
                    type: ["null", "int"],
                    doc: "The place at which it was shown, from 1; null: it was not.",
                  },
                  {
                    name: "sampled",
                    type: "double",
                    doc: "Probability with which the option is on this record: 1 if it was shown.",
                  },
                  {
                    name: "keys",
                    type: { type: "map", values: "string" },
                    doc: "Entries of an option that was shown that windows can be kept by, as the decision's `keys`.",
                    default: {},
                  },
                  {
                    name: "propensity",
                    type: ["null", "double"],
                    doc: "Probability of this option at its position, under the options above it; null: it was not shown, or not known.",
                    default: null,
                  },
                ],
                namespace: "loopstream",
              },
            },
            doc: "The options that were shown, in that order, and behind them a sample of the others. Empty where a decision has no options.",
            default: [],
          },
          { name: "candidates", type: "int", doc: "How many options there were.", default: 0 },
          {
            name: "proposed",
            type: { type: "array", items: ["boolean", "double", "string"] },
            doc: "What the policy would have decided where another choice acted, by the mode or a hold-out; of a ranking the options in order. Empty: the policy acted, or had nothing to propose.",
            default: [],
          },
          {
            name: "beliefs",
            type: { type: "array", items: { type: "array", items: "double" } },
            doc: "What is believed of each of the actions, in their order, where a decision was drawn by it: alpha and beta of a beta distribution, mean and standard deviation of a normal one, or its score by each head of the model; empty for an action that could not be drawn. Where the version has a posterior, behind them of every option its mean, its deviation and the number of its updates. Empty otherwise.",
            default: [],
          },
          {
            name: "scores",
            type: { type: "array", items: ["null", "double"] },
            doc: "What a decision with exploration was drawn by: the score of each of the actions, in their order, 0 without a model, and of a value 1 for the policy's own; null: the action could not be drawn, and of a ranking it has no score. Empty without exploration.",
            default: [],
          },
        ],
      },
      doc: "As recorded.",
    },
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
