// Generated from ../avro/ by `npm run generate`: edit that.

import type { ModelReport } from "./models/model-report.ts";
import type { Provenance } from "./models/provenance.ts";
import { modelReportSchema } from "./models/model-report.ts";
import { provenanceSchema } from "./models/provenance.ts";

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
  /** Lists are empty where nothing was held out. Null: an earlier version of loopstream made the record. */
  readonly report: null | ModelReport;
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
  /** Of the units, with the state canary: above 0 and below 1. Null with every other state. */
  readonly share: null | number;
  /** What a canary's share is of: unit; decision, if a release without this field wrote the state. */
  readonly by: ShareSubject;
  /** The blueprint's ladder entered it, and takes the model on from it. False: the gate, a person, or a release without this field did, and the model stays. */
  readonly ladder: boolean;
}

/** All that this release writes. A newer one may have written others. */
export const modelStateNames = ["trained", "shadow", "canary", "production", "retired", "withdrawn"] as const;
export type ModelStateName = (typeof modelStateNames)[number];

/** All that this release writes. A newer one may have written others. */
export const shareSubjects = ["unit", "decision"] as const;
export type ShareSubject = (typeof shareSubjects)[number];

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
              doc: "Of the units, with the state canary: above 0 and below 1. Null with every other state.",
              default: null,
            },
            {
              name: "by",
              type: "string",
              doc: "What a canary's share is of: unit; decision, if a release without this field wrote the state.",
              default: "decision",
            },
            {
              name: "ladder",
              type: "boolean",
              doc: "The blueprint's ladder entered it, and takes the model on from it. False: the gate, a person, or a release without this field did, and the model stays.",
              default: false,
            },
          ],
          namespace: "loopstream",
        },
      },
      doc: "In time order; nothing is ever taken out.",
    },
    { name: "metrics", type: { type: "map", values: "double" }, doc: "On the rows held out." },
    { name: "provenance", type: provenanceSchema, doc: "Enough to train it again." },
    {
      name: "report",
      type: ["null", modelReportSchema],
      doc: "Lists are empty where nothing was held out. Null: an earlier version of loopstream made the record.",
      default: null,
    },
  ],
} as const;
