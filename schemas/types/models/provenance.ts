// Generated from ../../avro/ by `npm run generate`: edit that.

/** What a model was trained on and with. */
export interface Provenance {
  /** Where the rows came from. */
  readonly rowsTopic: string;
  /** What was read of it. */
  readonly ranges: readonly OffsetRange[];
  /** Rows complete after this event time were left out. */
  readonly until: number;
  /** Older rows, that the model which was judged learnt from; 0 of an imported model, which was trained elsewhere. */
  readonly rows: number;
  /** Newer rows, that judged the model before it learnt from them; of an imported model those that judged it. */
  readonly holdout: number;
  /** Of the learner; 0 of an imported model. */
  readonly seed: number;
  /** Decision time of the newest row trained on; of an imported model that was told none, of the newest row that did not judge it. */
  readonly trainedUntil: number;
  /** Of loopstream. */
  readonly codeVersion: string;
  /** Blueprint versions whose rows were read; empty in records of earlier versions of loopstream, which did not say. */
  readonly versions: readonly string[];
  /** Of the versions whose rows are not among them; empty in records of earlier versions of loopstream, which did not say. */
  readonly leftOut: readonly LeftOutRows[];
  /** Values that the learner can't take as they are; empty in records of earlier versions of loopstream, which had none. */
  readonly treated: readonly TreatedValues[];
  /** Of each label, the number of its rows that the model which was judged learnt from; empty where all labels have the same wait. */
  readonly trainedRows: readonly number[];
  /** After it was judged, the model learnt from all rows, and the file is that of this second fit. False: nothing was held out, or an earlier version of loopstream published the fit that was judged. */
  readonly refitted: boolean;
  /** Of each label, decision time of the newest row that the file learnt it from; empty where all labels have the same wait. */
  readonly labelsTrainedUntil: readonly number[];
  /** Share of the units whose rows the file did not learn from, by their places (docs/decisions/088); 0: none was kept out, or nobody knows. */
  readonly evaluation: number;
  /** Rows of these units that were read; they are not among `rows` and `holdout`. */
  readonly kept: number;
  /** Null: the model was trained by loopstream, from the rows above. Else they only judged it, and it can't be trained again here. */
  readonly imported: null | ImportedModel;
}

/** A stretch of one partition. */
export interface OffsetRange {
  /** Of the rows topic. */
  readonly partition: number;
  /** First offset read. */
  readonly from: number;
  /** One past the last offset read. */
  readonly to: number;
}

/** Rows of one version that were there and could not be used. */
export interface LeftOutRows {
  /** The blueprint version that made the decisions. */
  readonly version: string;
  /** Records; a corrected row counts each time it was written. */
  readonly rows: number;
  /** otherVersion: its features or its label are others. unreadable: its schema can't be read as the model's. */
  readonly kind: LeftOutKind;
  /** In words. */
  readonly reason: string;
}

/** A column in which values were not learnt as they are. */
export interface TreatedValues {
  /** A feature, the column of a label, `training.maxRows`, `episodes.learn.newest`, or `training.weight: ` and the reason that rows have none. */
  readonly name: string;
  /** clamped: a feature beyond 1e38, learnt as that. leftOut: a label that can't be learnt, or no weight; such rows are neither trained on nor held out. sampled: records that are not in the sample. older: steps of episodes that began too early to be learnt from. */
  readonly treatment: string;
  /** So many. */
  readonly rows: number;
  /** Ids of the first of them, by the decisions' times. */
  readonly decisions: readonly string[];
}

/** Where a model came from that was trained elsewhere. */
export interface ImportedModel {
  /** The name of the file that was imported, without its folder; null if it had none. */
  readonly file: null | string;
  /** Of that file as it was given. The stored one may have other names of outputs, and has the columns and vocabularies in its metadata. */
  readonly sha256: string;
  /** The program that wrote the file, as the file says; empty if it does not. */
  readonly producer: string;
  /** Newest decision time of the rows that it was trained on, as its importer told; null: nothing was told. */
  readonly trainedUntil: null | number;
}

/** All that this release writes. A newer one may have written others. */
export const leftOutKinds = ["otherVersion", "unreadable"] as const;
export type LeftOutKind = (typeof leftOutKinds)[number];

export const provenanceSchema = {
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
    {
      name: "rows",
      type: "long",
      doc: "Older rows, that the model which was judged learnt from; 0 of an imported model, which was trained elsewhere.",
    },
    {
      name: "holdout",
      type: "long",
      doc: "Newer rows, that judged the model before it learnt from them; of an imported model those that judged it.",
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
              doc: "A feature, the column of a label, `training.maxRows`, `episodes.learn.newest`, or `training.weight: ` and the reason that rows have none.",
            },
            {
              name: "treatment",
              type: "string",
              doc: "clamped: a feature beyond 1e38, learnt as that. leftOut: a label that can't be learnt, or no weight; such rows are neither trained on nor held out. sampled: records that are not in the sample. older: steps of episodes that began too early to be learnt from.",
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
      doc: "Of each label, the number of its rows that the model which was judged learnt from; empty where all labels have the same wait.",
      default: [],
    },
    {
      name: "refitted",
      type: "boolean",
      doc: "After it was judged, the model learnt from all rows, and the file is that of this second fit. False: nothing was held out, or an earlier version of loopstream published the fit that was judged.",
      default: false,
    },
    {
      name: "labelsTrainedUntil",
      type: { type: "array", items: { type: "long", logicalType: "timestamp-millis" } },
      doc: "Of each label, decision time of the newest row that the file learnt it from; empty where all labels have the same wait.",
      default: [],
    },
    {
      name: "evaluation",
      type: "double",
      doc: "Share of the units whose rows the file did not learn from, by their places (docs/decisions/088); 0: none was kept out, or nobody knows.",
      default: 0,
    },
    {
      name: "kept",
      type: "long",
      doc: "Rows of these units that were read; they are not among `rows` and `holdout`.",
      default: 0,
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
} as const;
