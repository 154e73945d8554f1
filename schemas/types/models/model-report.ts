// Generated from ../../avro/ by `npm run generate`: edit that.

import type { ModelSearch } from "../models/model-search.ts";
import { modelSearchSchema } from "../models/model-search.ts";

/** What a model looks at and how good it is, on the rows held out; all but contributions and the search is of the first label. */
export interface ModelReport {
  /** The metrics of a constant, the mean of the label in the rows that were trained on. */
  readonly constant: Readonly<Record<string, number>>;
  /** The features that matter most, the first one most. */
  readonly importance: readonly FeatureImportance[];
  /** The features that move predictions furthest, label by label and class by class, the first one furthest: exact Shapley values of trees and lines. Empty: the model is neither, or the trees are too large. */
  readonly contributions: readonly FeatureContribution[];
  /** The features whose rows held out lie furthest from the rows learnt from, the first one furthest. */
  readonly drift: readonly FeatureDrift[];
  /** The same index of the predictions. Null: it was not measured. */
  readonly predictionDrift: null | number;
  /** Ten bins with as many rows each, from the smallest predictions to the largest. */
  readonly calibration: readonly CalibrationBin[];
  /** Those for which the model is worst beside the group's own mean, the worst first. */
  readonly groups: readonly GroupQuality[];
  /** By units that are kept for evaluation. Null: the blueprint keeps none, or none of their rows could judge. */
  readonly kept: null | KeptUnits;
  /** One a label, where the learner searches. */
  readonly searches: readonly ModelSearch[];
}

/** How much a model goes by a feature. */
export interface FeatureImportance {
  /** A column of the model. */
  readonly feature: string;
  /** By so much the mean loss of the rows grows where each is given the feature of another row. Not above 0: the model would do as well without it. */
  readonly loss: number;
}

/** How far a feature moves predictions. */
export interface FeatureContribution {
  /** The label whose predictions, or the class whose probability. Empty in records of before: the first label's. */
  readonly label: string;
  /** A column of the model. */
  readonly feature: string;
  /** The mean size of its part in a prediction, in the unit of the predictions. */
  readonly mean: number;
}

/** How far the newest values of a feature lie from those before. */
export interface FeatureDrift {
  /** A column of the model. */
  readonly feature: string;
  /** Population stability index, over ten bins with as many of the former rows each, or over categories: 0.1 is some, 0.25 much. */
  readonly index: number;
}

/** Rows with predictions near each other. */
export interface CalibrationBin {
  /** So many. */
  readonly rows: number;
  /** Mean of their predictions. */
  readonly predicted: number;
  /** Mean of their labels. */
  readonly observed: number;
}

/** How good a model is for a group of rows. */
export interface GroupQuality {
  /** By which they are a group. */
  readonly feature: string;
  /** Of the feature, or a range of numbers. */
  readonly value: string;
  /** So many. */
  readonly rows: number;
  /** Mean loss of the model. */
  readonly loss: number;
  /** Mean loss of the group's own mean, which knows nothing else. */
  readonly constant: number;
  /** Mean of the predictions. */
  readonly predicted: number;
  /** Mean of the labels. */
  readonly observed: number;
}

/** The file on rows of units that it has not learnt from, beside another model. */
export interface KeptUnits {
  /** So many. */
  readonly rows: number;
  /** Of so many units. */
  readonly units: number;
  /** Decision time of the oldest of them. */
  readonly from: number;
  /** Decision time of the newest of them. */
  readonly until: number;
  /** Of the file, of the first label. */
  readonly metrics: Readonly<Record<string, number>>;
  /** The model that was in production; null: there was none, and the other one is a constant. */
  readonly rival: null | string;
  /** Of the other one. */
  readonly rivalMetrics: Readonly<Record<string, number>>;
}

export const modelReportSchema = {
  type: "record",
  name: "ModelReport",
  namespace: "loopstream",
  doc: "What a model looks at and how good it is, on the rows held out; all but contributions and the search is of the first label.",
  fields: [
    {
      name: "constant",
      type: { type: "map", values: "double" },
      doc: "The metrics of a constant, the mean of the label in the rows that were trained on.",
    },
    {
      name: "importance",
      type: {
        type: "array",
        items: {
          type: "record",
          name: "FeatureImportance",
          doc: "How much a model goes by a feature.",
          fields: [
            { name: "feature", type: "string", doc: "A column of the model." },
            {
              name: "loss",
              type: "double",
              doc: "By so much the mean loss of the rows grows where each is given the feature of another row. Not above 0: the model would do as well without it.",
            },
          ],
          namespace: "loopstream",
        },
      },
      doc: "The features that matter most, the first one most.",
    },
    {
      name: "contributions",
      type: {
        type: "array",
        items: {
          type: "record",
          name: "FeatureContribution",
          doc: "How far a feature moves predictions.",
          fields: [
            {
              name: "label",
              type: "string",
              default: "",
              doc: "The label whose predictions, or the class whose probability. Empty in records of before: the first label's.",
            },
            { name: "feature", type: "string", doc: "A column of the model." },
            {
              name: "mean",
              type: "double",
              doc: "The mean size of its part in a prediction, in the unit of the predictions.",
            },
          ],
          namespace: "loopstream",
        },
      },
      default: [],
      doc: "The features that move predictions furthest, label by label and class by class, the first one furthest: exact Shapley values of trees and lines. Empty: the model is neither, or the trees are too large.",
    },
    {
      name: "drift",
      type: {
        type: "array",
        items: {
          type: "record",
          name: "FeatureDrift",
          doc: "How far the newest values of a feature lie from those before.",
          fields: [
            { name: "feature", type: "string", doc: "A column of the model." },
            {
              name: "index",
              type: "double",
              doc: "Population stability index, over ten bins with as many of the former rows each, or over categories: 0.1 is some, 0.25 much.",
            },
          ],
          namespace: "loopstream",
        },
      },
      default: [],
      doc: "The features whose rows held out lie furthest from the rows learnt from, the first one furthest.",
    },
    {
      name: "predictionDrift",
      type: ["null", "double"],
      default: null,
      doc: "The same index of the predictions. Null: it was not measured.",
    },
    {
      name: "calibration",
      type: {
        type: "array",
        items: {
          type: "record",
          name: "CalibrationBin",
          doc: "Rows with predictions near each other.",
          fields: [
            { name: "rows", type: "long", doc: "So many." },
            { name: "predicted", type: "double", doc: "Mean of their predictions." },
            { name: "observed", type: "double", doc: "Mean of their labels." },
          ],
          namespace: "loopstream",
        },
      },
      doc: "Ten bins with as many rows each, from the smallest predictions to the largest.",
    },
    {
      name: "groups",
      type: {
        type: "array",
        items: {
          type: "record",
          name: "GroupQuality",
          doc: "How good a model is for a group of rows.",
          fields: [
            { name: "feature", type: "string", doc: "By which they are a group." },
            { name: "value", type: "string", doc: "Of the feature, or a range of numbers." },
            { name: "rows", type: "long", doc: "So many." },
            { name: "loss", type: "double", doc: "Mean loss of the model." },
            { name: "constant", type: "double", doc: "Mean loss of the group's own mean, which knows nothing else." },
            { name: "predicted", type: "double", doc: "Mean of the predictions." },
            { name: "observed", type: "double", doc: "Mean of the labels." },
          ],
          namespace: "loopstream",
        },
      },
      doc: "Those for which the model is worst beside the group's own mean, the worst first.",
    },
    {
      name: "kept",
      type: [
        "null",
        {
          type: "record",
          name: "KeptUnits",
          namespace: "loopstream",
          doc: "The file on rows of units that it has not learnt from, beside another model.",
          fields: [
            { name: "rows", type: "long", doc: "So many." },
            { name: "units", type: "long", doc: "Of so many units." },
            {
              name: "from",
              type: { type: "long", logicalType: "timestamp-millis" },
              doc: "Decision time of the oldest of them.",
            },
            {
              name: "until",
              type: { type: "long", logicalType: "timestamp-millis" },
              doc: "Decision time of the newest of them.",
            },
            { name: "metrics", type: { type: "map", values: "double" }, doc: "Of the file, of the first label." },
            {
              name: "rival",
              type: ["null", "string"],
              doc: "The model that was in production; null: there was none, and the other one is a constant.",
              default: null,
            },
            { name: "rivalMetrics", type: { type: "map", values: "double" }, doc: "Of the other one." },
          ],
        },
      ],
      default: null,
      doc: "By units that are kept for evaluation. Null: the blueprint keeps none, or none of their rows could judge.",
    },
    {
      name: "searches",
      type: { type: "array", items: modelSearchSchema },
      doc: "One a label, where the learner searches.",
    },
  ],
} as const;
