// Generated from ../../avro/ by `npm run generate`: edit that.

/** What rows said of the weights of an option, up to a number of them. Its time is that of the latest row. Its key is use case, posterior, option and number of updates. */
export interface PosteriorPublished {
  /** Of the rows. */
  readonly useCase: string;
  /** What is learnt: 12 hex digits of the meaning of its features and its label. Versions of a blueprint share it where that is the same. */
  readonly posterior: string;
  /** Null: all options have the same weights. */
  readonly optionId: null | string;
  /** Rows that came, were corrected or taken back; the number of this state among those of the option. */
  readonly updates: number;
  /** Rows that count. */
  readonly rows: number;
  /** Names of what has a weight, behind the constant. */
  readonly features: readonly string[];
  /** The sum of x xT over the rows, its upper triangle row by row; x is 1 and then the features. */
  readonly squares: readonly number[];
  /** The sum of x y over the rows; y is the label or the reward. */
  readonly products: readonly number[];
}

export const posteriorPublishedSchema = {
  type: "record",
  name: "PosteriorPublished",
  namespace: "loopstream",
  doc: "What rows said of the weights of an option, up to a number of them. Its time is that of the latest row. Its key is use case, posterior, option and number of updates.",
  fields: [
    { name: "useCase", type: "string", doc: "Of the rows." },
    {
      name: "posterior",
      type: "string",
      doc: "What is learnt: 12 hex digits of the meaning of its features and its label. Versions of a blueprint share it where that is the same.",
    },
    { name: "optionId", type: ["null", "string"], doc: "Null: all options have the same weights." },
    {
      name: "updates",
      type: "long",
      doc: "Rows that came, were corrected or taken back; the number of this state among those of the option.",
    },
    { name: "rows", type: "long", doc: "Rows that count." },
    {
      name: "features",
      type: { type: "array", items: "string" },
      doc: "Names of what has a weight, behind the constant.",
    },
    {
      name: "squares",
      type: { type: "array", items: "double" },
      doc: "The sum of x xT over the rows, its upper triangle row by row; x is 1 and then the features.",
    },
    {
      name: "products",
      type: { type: "array", items: "double" },
      doc: "The sum of x y over the rows; y is the label or the reward.",
    },
  ],
} as const;
