// Generated from ../../avro/ by `npm run generate`: edit that.

/** What a row changes in the weights of its option. Its key is the option; its time is that of the row. */
export interface PosteriorUpdate {
  /** Null: all options have the same weights. */
  readonly optionId: null | string;
  /** 1, and then the features. */
  readonly x: readonly number[];
  /** The label or reward by an earlier row of the same decision; null: there was none. */
  readonly was: null | number;
  /** The label or reward now; null: there is none any more. */
  readonly is: null | number;
}

export const posteriorUpdateSchema = {
  type: "record",
  name: "PosteriorUpdate",
  namespace: "loopstream",
  doc: "What a row changes in the weights of its option. Its key is the option; its time is that of the row.",
  fields: [
    { name: "optionId", type: ["null", "string"], doc: "Null: all options have the same weights." },
    { name: "x", type: { type: "array", items: "double" }, doc: "1, and then the features." },
    {
      name: "was",
      type: ["null", "double"],
      doc: "The label or reward by an earlier row of the same decision; null: there was none.",
    },
    { name: "is", type: ["null", "double"], doc: "The label or reward now; null: there is none any more." },
  ],
} as const;
