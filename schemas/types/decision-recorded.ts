// Generated from ../avro/ by `npm run generate`: edit that.

/** A decision as it was made: everything a training row or a later estimate needs. Its key is the decision id. */
export interface DecisionRecorded {
  /** Of the request. */
  readonly decisionId: string;
  /** Of the request. */
  readonly unit: string;
  /** Of the request. */
  readonly useCase: string;
  /** The version that was valid at decisionTime. */
  readonly blueprintVersion: string;
  /** The model in production at decisionTime, or the canary where the decision is of its share; null: there was none. */
  readonly modelId: null | string;
  /** The feature vector as logged, in the blueprint's order; null is a missing value, a string a category. Features of options are null here. */
  readonly features: readonly (null | number | string)[];
  /** By objective; empty without a model. */
  readonly predictions: Readonly<Record<string, number>>;
  /** What could have been chosen; empty where the decision space is not finite. Of a ranking that was drawn, all options. */
  readonly actions: readonly (boolean | number | string)[];
  /** Probability of each action, in their order; sums to 1, or is empty. */
  readonly distribution: readonly number[];
  /** What was chosen; null without a model. */
  readonly value: null | boolean | number | string;
  /** Probability with which the value was chosen, of a ranking that of the whole list; null without a choice, and where it is not known of a logged one. */
  readonly propensity: null | number;
  /** Seed of the sampling: hex, from salt, use case and decision id. */
  readonly seed: string;
  /** loggingOnly, apprentice or online. */
  readonly mode: DecisionMode;
  /** noModel, holdout, control, explore, exploit or error; logged: the action was taken elsewhere, and imported with the request. */
  readonly reason: DecisionReason;
  /** Event time of the request. */
  readonly decisionTime: number;
  /** Decided, not yet shown. */
  readonly deferred: boolean;
  /** Time of the first decision under this id, where its answer was kept no longer and a new one was made; null: none was known. */
  readonly repeatOf: null | number;
  /** Entries of the request's context that windows can be kept by, whether or not one is: the events of its observations have them. Null: they were not kept, and its observations are no events. */
  readonly keys: null | Readonly<Record<string, string>>;
  /** Values of the policy's named parameters at decisionTime; empty: the policy has none. */
  readonly parameters: Readonly<Record<string, number>>;
  /** The options that were shown, in that order, and behind them a sample of the others. Empty where a decision has no options. */
  readonly options: readonly OptionRecorded[];
  /** How many options there were. */
  readonly candidates: number;
  /** What the policy would have decided where another choice acted, by the mode or a hold-out; of a ranking the options in order. Empty: the policy acted, or had nothing to propose. */
  readonly proposed: readonly (boolean | number | string)[];
  /** What is believed of each of the actions, in their order, where a decision was drawn by it: alpha and beta of a beta distribution, mean and standard deviation of a normal one, or its score by each head of the model; empty for an action that could not be drawn. Where the version has a posterior, behind them of every option its mean, its deviation and the number of its updates. Empty otherwise. */
  readonly beliefs: readonly (readonly number[])[];
  /** What a decision with exploration was drawn by: the score of each of the actions, in their order, 0 without a model, and of a value 1 for the policy's own; null: the action could not be drawn, and of a ranking it has no score. Empty without exploration. */
  readonly scores: readonly (null | number)[];
}

/** An option as it was scored. */
export interface OptionRecorded {
  /** Names the option; what observations name. */
  readonly optionId: string;
  /** The features of the option, in the blueprint's order. The others are the decision's. */
  readonly features: readonly (null | number | string)[];
  /** By label; empty without a model. */
  readonly predictions: Readonly<Record<string, number>>;
  /** What the policy ordered by; null: there is none, without a model too. */
  readonly score: null | number;
  /** The place at which it was shown, from 1; null: it was not. */
  readonly position: null | number;
  /** Probability with which the option is on this record: 1 if it was shown. */
  readonly sampled: number;
  /** Entries of an option that was shown that windows can be kept by, as the decision's `keys`. */
  readonly keys: Readonly<Record<string, string>>;
  /** Probability of this option at its position, under the options above it; null: it was not shown, or not known. */
  readonly propensity: null | number;
}

/** All that this release writes. A newer one may have written others. */
export const decisionModes = ["loggingOnly", "apprentice", "online"] as const;
export type DecisionMode = (typeof decisionModes)[number];

/** All that this release writes. A newer one may have written others. */
export const decisionReasons = ["noModel", "holdout", "control", "explore", "exploit", "logged", "error"] as const;
export type DecisionReason = (typeof decisionReasons)[number];

export const decisionRecordedSchema = {
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
    { name: "value", type: ["null", "boolean", "double", "string"], doc: "What was chosen; null without a model." },
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
            { name: "predictions", type: { type: "map", values: "double" }, doc: "By label; empty without a model." },
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
} as const;
