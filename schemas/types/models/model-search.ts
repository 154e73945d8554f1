// Generated from ../../avro/ by `npm run generate`: edit that.

/** What a search tried for a label. */
export interface ModelSearch {
  /** Its name. */
  readonly label: string;
  /** Rows that judged the trials; they are not those held out. */
  readonly judgedBy: number;
  /** Mean loss of what was chosen. */
  readonly loss: number;
  /** Numbers of the trials, from 0, that the model is made of; several are blended. */
  readonly chosen: readonly number[];
  /** In their order. */
  readonly trials: readonly SearchTrial[];
}

/** A learner with its parameters, as it was tried. */
export interface SearchTrial {
  /** Its name. */
  readonly learner: string;
  /** All of them, as JSON. */
  readonly parameters: string;
  /** Features that it did without. */
  readonly dropped: readonly string[];
  /** Mean loss after a fit on a part of the rows. Null: there was none. */
  readonly sampleLoss: null | number;
  /** Mean loss. Null: it was given up after the part. */
  readonly loss: null | number;
  /** Trees, or passes over the rows, that were best. Null: it has no such steps, or was given up. */
  readonly steps: null | number;
  /** Processor time. */
  readonly seconds: number;
}

export const modelSearchSchema = {
  type: "record",
  name: "ModelSearch",
  namespace: "loopstream",
  doc: "What a search tried for a label.",
  fields: [
    { name: "label", type: "string", doc: "Its name." },
    { name: "judgedBy", type: "long", doc: "Rows that judged the trials; they are not those held out." },
    { name: "loss", type: "double", doc: "Mean loss of what was chosen." },
    {
      name: "chosen",
      type: { type: "array", items: "int" },
      doc: "Numbers of the trials, from 0, that the model is made of; several are blended.",
    },
    {
      name: "trials",
      type: {
        type: "array",
        items: {
          type: "record",
          name: "SearchTrial",
          doc: "A learner with its parameters, as it was tried.",
          fields: [
            { name: "learner", type: "string", doc: "Its name." },
            { name: "parameters", type: "string", doc: "All of them, as JSON." },
            { name: "dropped", type: { type: "array", items: "string" }, doc: "Features that it did without." },
            {
              name: "sampleLoss",
              type: ["null", "double"],
              doc: "Mean loss after a fit on a part of the rows. Null: there was none.",
            },
            { name: "loss", type: ["null", "double"], doc: "Mean loss. Null: it was given up after the part." },
            {
              name: "steps",
              type: ["null", "int"],
              doc: "Trees, or passes over the rows, that were best. Null: it has no such steps, or was given up.",
            },
            { name: "seconds", type: "double", doc: "Processor time." },
          ],
          namespace: "loopstream",
        },
      },
      doc: "In their order.",
    },
  ],
} as const;
