// Generated from ../avro/ by `npm run generate`: edit that.

import type { Provenance } from "./models/provenance.ts";

/** A trained model, its evidence and its states. Its key is useCase/modelId. */
export interface ModelRecorded {
  /** Of the artifact and its provenance. */
  readonly modelId: string;
  /** Which use case it serves. */
  readonly useCase: string;
  /** The version whose rows and features it was trained on. */
  readonly blueprintVersion: string;
  /** Where the ONNX file is. */
  readonly artifact: ArtifactReference;
  /** In time order; nothing is ever taken out. */
  readonly states: readonly ModelState[];
  /** On the rows held out. */
  readonly metrics: Readonly<Record<string, number>>;
  /** Enough to train it again. */
  readonly provenance: Provenance;
}

/** Where an ONNX file lies on the artifacts topic. */
export interface ArtifactReference {
  /** Of the whole ONNX file. */
  readonly sha256: string;
  /** Of the whole ONNX file. */
  readonly bytes: number;
  /** Records on the artifacts topic. */
  readonly chunks: number;
  /** Where they are. */
  readonly partition: number;
  /** No chunk lies before this offset. */
  readonly offset: number;
}

/** A state a model entered, when and why. */
export interface ModelState {
  /** trained, shadow, canary, production, retired or withdrawn. */
  readonly state: ModelStateName;
  /** Event time after which it holds. */
  readonly time: number;
  /** Why, with the figures that decided. */
  readonly reason: string;
  /** Of the decisions, with the state canary: above 0 and below 1. Null with every other state. */
  readonly share: null | number;
}

/** All that this release writes. A newer one may have written others. */
export const modelStateNames = ["trained", "shadow", "canary", "production", "retired", "withdrawn"] as const;
export type ModelStateName = (typeof modelStateNames)[number];

export const modelRecordedSchema = {
  type: "record",
  name: "ModelRecorded",
  namespace: "loopstream",
  doc: "A trained model, its evidence and its states. Its key is useCase/modelId.",
  fields: [
    { name: "modelId", type: "string", doc: "Of the artifact and its provenance." },
    { name: "useCase", type: "string", doc: "Which use case it serves." },
    { name: "blueprintVersion", type: "string", doc: "The version whose rows and features it was trained on." },
    {
      name: "artifact",
      type: {
        type: "record",
        name: "ArtifactReference",
        doc: "Where an ONNX file lies on the artifacts topic.",
        fields: [
          { name: "sha256", type: "string", doc: "Of the whole ONNX file." },
          { name: "bytes", type: "long", doc: "Of the whole ONNX file." },
          { name: "chunks", type: "int", doc: "Records on the artifacts topic." },
          { name: "partition", type: "int", doc: "Where they are." },
          { name: "offset", type: "long", doc: "No chunk lies before this offset." },
        ],
        namespace: "loopstream",
      },
      doc: "Where the ONNX file is.",
    },
    {
      name: "states",
      type: {
        type: "array",
        items: {
          type: "record",
          name: "ModelState",
          doc: "A state a model entered, when and why.",
          fields: [
            { name: "state", type: "string", doc: "trained, shadow, canary, production, retired or withdrawn." },
            {
              name: "time",
              type: { type: "long", logicalType: "timestamp-millis" },
              doc: "Event time after which it holds.",
            },
            { name: "reason", type: "string", doc: "Why, with the figures that decided." },
            {
              name: "share",
              type: ["null", "double"],
              doc: "Of the decisions, with the state canary: above 0 and below 1. Null with every other state.",
              default: null,
            },
          ],
          namespace: "loopstream",
        },
      },
      doc: "In time order; nothing is ever taken out.",
    },
    { name: "metrics", type: { type: "map", values: "double" }, doc: "On the rows held out." },
    {
      name: "provenance",
      type: {
        type: "record",
        name: "Provenance",
        namespace: "loopstream",
        doc: "What a model was trained on and with.",
        fields: [
          { name: "rowsTopic", type: "string", doc: "Where the rows came from." },
          {
            name: "ranges",
            type: {
              type: "array",
              items: {
                type: "record",
                name: "OffsetRange",
                doc: "A stretch of one partition.",
                fields: [
                  { name: "partition", type: "int", doc: "Of the rows topic." },
                  { name: "from", type: "long", doc: "First offset read." },
                  { name: "to", type: "long", doc: "One past the last offset read." },
                ],
                namespace: "loopstream",
              },
            },
            doc: "What was read of it.",
          },
          {
            name: "until",
            type: { type: "long", logicalType: "timestamp-millis" },
            doc: "Rows complete after this event time were left out.",
          },
          { name: "rows", type: "long", doc: "Trained on; 0 of an imported model, which was trained elsewhere." },
          {
            name: "holdout",
            type: "long",
            doc: "Held out for the evaluation; of an imported model those that judged it.",
          },
          { name: "seed", type: "long", doc: "Of the learner; 0 of an imported model." },
          {
            name: "trainedUntil",
            type: { type: "long", logicalType: "timestamp-millis" },
            doc: "Decision time of the newest row trained on; of an imported model that was told none, of the newest row that did not judge it.",
          },
          { name: "codeVersion", type: "string", doc: "Of loopstream." },
          {
            name: "versions",
            type: { type: "array", items: "string" },
            doc: "Blueprint versions whose rows were read; empty in records of earlier versions of loopstream, which did not say.",
            default: [],
          },
          {
            name: "leftOut",
            type: {
              type: "array",
              items: {
                type: "record",
                name: "LeftOutRows",
                doc: "Rows of one version that were there and could not be used.",
                fields: [
                  { name: "version", type: "string", doc: "The blueprint version that made the decisions." },
                  { name: "rows", type: "long", doc: "Records; a corrected row counts each time it was written." },
                  {
                    name: "kind",
                    type: "string",
                    doc: "otherVersion: its features or its label are others. unreadable: its schema can't be read as the model's.",
                  },
                  { name: "reason", type: "string", doc: "In words." },
                ],
                namespace: "loopstream",
              },
            },
            doc: "Of the versions whose rows are not among them; empty in records of earlier versions of loopstream, which did not say.",
            default: [],
          },
          {
            name: "treated",
            type: {
              type: "array",
              items: {
                type: "record",
                name: "TreatedValues",
                doc: "A column in which values were not learnt as they are.",
                fields: [
                  {
                    name: "name",
                    type: "string",
                    doc: "A feature, the column of a label, or `training.weight: ` and the reason that rows have none.",
                  },
                  {
                    name: "treatment",
                    type: "string",
                    doc: "clamped: a feature beyond 1e38, learnt as that. leftOut: a label that can't be learnt, or no weight; such rows are neither trained on nor held out.",
                  },
                  { name: "rows", type: "long", doc: "So many." },
                  {
                    name: "decisions",
                    type: { type: "array", items: "string" },
                    doc: "Ids of the first of them, by the decisions' times.",
                  },
                ],
                namespace: "loopstream",
              },
            },
            doc: "Values that the learner can't take as they are; empty in records of earlier versions of loopstream, which had none.",
            default: [],
          },
          {
            name: "trainedRows",
            type: { type: "array", items: "long" },
            doc: "Of each label, the number of its rows that were trained on; empty where all labels have the same wait.",
            default: [],
          },
          {
            name: "imported",
            type: [
              "null",
              {
                type: "record",
                name: "ImportedModel",
                doc: "Where a model came from that was trained elsewhere.",
                fields: [
                  {
                    name: "file",
                    type: ["null", "string"],
                    doc: "The name of the file that was imported, without its folder; null if it had none.",
                    default: null,
                  },
                  {
                    name: "sha256",
                    type: "string",
                    doc: "Of that file as it was given. The stored one may have other names of outputs, and has the columns and vocabularies in its metadata.",
                  },
                  {
                    name: "producer",
                    type: "string",
                    doc: "The program that wrote the file, as the file says; empty if it does not.",
                  },
                  {
                    name: "trainedUntil",
                    type: ["null", { type: "long", logicalType: "timestamp-millis" }],
                    doc: "Newest decision time of the rows that it was trained on, as its importer told; null: nothing was told.",
                    default: null,
                  },
                ],
                namespace: "loopstream",
              },
            ],
            doc: "Null: the model was trained by loopstream, from the rows above. Else they only judged it, and it can't be trained again here.",
            default: null,
          },
        ],
      },
      doc: "Enough to train it again.",
    },
  ],
} as const;
