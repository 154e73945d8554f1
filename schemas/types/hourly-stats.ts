// Generated from ../avro/ by `npm run generate`: edit that.

/** What one partition saw of one use case in one hour of event time. Its key is useCase. */
export interface HourlyStats {
  /** Of the decisions. */
  readonly useCase: string;
  /** Start of the hour. */
  readonly hour: number;
  /** Of the decisions topic. */
  readonly partition: number;
  /** Of the decisions. */
  readonly blueprintVersion: string;
  /** Made. */
  readonly decisions: number;
  /** Without a value. */
  readonly nulls: number;
  /** With reason error. */
  readonly errors: number;
  /** Labelled, by the hour of the row. */
  readonly rows: number;
  /** Decisions whose wait ended without a label, by that hour. */
  readonly expired: number;
  /** Rows corrected by a late observation. */
  readonly corrected: number;
  /** Decisions by value: names cut at 64 bytes, numbers by the power of two below their size, signed; past 64 of them (other). */
  readonly values: Readonly<Record<string, number>>;
  /** By feature. Where an hour has no room for more of them, the rest is counted as (other). */
  readonly features: Readonly<Record<string, Distribution>>;
  /** By objective. */
  readonly predictions: Readonly<Record<string, Distribution>>;
  /** Of the rows; the first label where there are several. */
  readonly labels: Distribution;
  /** From fetch to reply, measured, not reproducible. */
  readonly latencyMs: Distribution;
  /** What was sent and the blueprint does not know, by context.NAME, observation.NAME and kind.NAME: names cut at 64 bytes, past 64 of them (other). An observation is counted with the decision that it is about, by its own time. */
  readonly unknown: Readonly<Record<string, number>>;
  /** What was sent and its declared type can't read, by context.NAME and observation.NAME, the same. */
  readonly unusable: Readonly<Record<string, number>>;
  /** Of the rows, by label, where the blueprint has several; a row without one has it missing. Where an hour has no room for more of them, the rest is counted as (other). */
  readonly severalLabels: Readonly<Record<string, Distribution>>;
  /** Rows without labels whose longer wait was not over, by the hour of the row. */
  readonly partial: number;
  /** Where the own choice acted by the mode, with reason control. */
  readonly agreement: Agreement;
  /** Of units that are held out, with reason holdout. */
  readonly holdoutAgreement: Agreement;
}

/** What values were seen, without the values. */
export interface Distribution {
  /** Values seen. */
  readonly count: number;
  /** Missing values among them. */
  readonly missing: number;
  /** Of the numbers; 0 without one. */
  readonly mean: number;
  /** Of the numbers. */
  readonly variance: number;
  /** Smallest number. */
  readonly min: null | number;
  /** Largest number. */
  readonly max: null | number;
  /** Count by bucket: categories by name, cut at 64 bytes, numbers by the power of two below their size, signed; past 64 of them (other). */
  readonly buckets: Readonly<Record<string, number>>;
}

/** Of decisions in which the product's own choice acted and the policy proposed one. */
export interface Agreement {
  /** Decisions with both choices. */
  readonly proposals: number;
  /** Among them those whose choices are the same; of a ranking, the whole order that was shown. */
  readonly agreed: number;
  /** Among them those whose first options are the same; of a value or a choice, as agreed. */
  readonly agreedFirst: number;
}

export const hourlyStatsSchema = {
  type: "record",
  name: "HourlyStats",
  namespace: "loopstream",
  doc: "What one partition saw of one use case in one hour of event time. Its key is useCase.",
  fields: [
    { name: "useCase", type: "string", doc: "Of the decisions." },
    { name: "hour", type: { type: "long", logicalType: "timestamp-millis" }, doc: "Start of the hour." },
    { name: "partition", type: "int", doc: "Of the decisions topic." },
    { name: "blueprintVersion", type: "string", doc: "Of the decisions." },
    { name: "decisions", type: "long", doc: "Made." },
    { name: "nulls", type: "long", doc: "Without a value." },
    { name: "errors", type: "long", doc: "With reason error." },
    { name: "rows", type: "long", doc: "Labelled, by the hour of the row." },
    { name: "expired", type: "long", doc: "Decisions whose wait ended without a label, by that hour." },
    { name: "corrected", type: "long", doc: "Rows corrected by a late observation." },
    {
      name: "values",
      type: { type: "map", values: "long" },
      doc: "Decisions by value: names cut at 64 bytes, numbers by the power of two below their size, signed; past 64 of them (other).",
    },
    {
      name: "features",
      type: {
        type: "map",
        values: {
          type: "record",
          name: "Distribution",
          doc: "What values were seen, without the values.",
          fields: [
            { name: "count", type: "long", doc: "Values seen." },
            { name: "missing", type: "long", doc: "Missing values among them." },
            { name: "mean", type: "double", doc: "Of the numbers; 0 without one." },
            { name: "variance", type: "double", doc: "Of the numbers." },
            { name: "min", type: ["null", "double"], doc: "Smallest number." },
            { name: "max", type: ["null", "double"], doc: "Largest number." },
            {
              name: "buckets",
              type: { type: "map", values: "long" },
              doc: "Count by bucket: categories by name, cut at 64 bytes, numbers by the power of two below their size, signed; past 64 of them (other).",
            },
          ],
          namespace: "loopstream",
        },
      },
      doc: "By feature. Where an hour has no room for more of them, the rest is counted as (other).",
    },
    { name: "predictions", type: { type: "map", values: "loopstream.Distribution" }, doc: "By objective." },
    { name: "labels", type: "loopstream.Distribution", doc: "Of the rows; the first label where there are several." },
    { name: "latencyMs", type: "loopstream.Distribution", doc: "From fetch to reply, measured, not reproducible." },
    {
      name: "unknown",
      type: { type: "map", values: "long" },
      doc: "What was sent and the blueprint does not know, by context.NAME, observation.NAME and kind.NAME: names cut at 64 bytes, past 64 of them (other). An observation is counted with the decision that it is about, by its own time.",
      default: {},
    },
    {
      name: "unusable",
      type: { type: "map", values: "long" },
      doc: "What was sent and its declared type can't read, by context.NAME and observation.NAME, the same.",
      default: {},
    },
    {
      name: "severalLabels",
      type: { type: "map", values: "loopstream.Distribution" },
      doc: "Of the rows, by label, where the blueprint has several; a row without one has it missing. Where an hour has no room for more of them, the rest is counted as (other).",
      default: {},
    },
    {
      name: "partial",
      type: "long",
      doc: "Rows without labels whose longer wait was not over, by the hour of the row.",
      default: 0,
    },
    {
      name: "agreement",
      type: {
        type: "record",
        name: "Agreement",
        doc: "Of decisions in which the product's own choice acted and the policy proposed one.",
        fields: [
          { name: "proposals", type: "long", doc: "Decisions with both choices." },
          {
            name: "agreed",
            type: "long",
            doc: "Among them those whose choices are the same; of a ranking, the whole order that was shown.",
          },
          {
            name: "agreedFirst",
            type: "long",
            doc: "Among them those whose first options are the same; of a value or a choice, as agreed.",
          },
        ],
        namespace: "loopstream",
      },
      doc: "Where the own choice acted by the mode, with reason control.",
      default: { proposals: 0, agreed: 0, agreedFirst: 0 },
    },
    {
      name: "holdoutAgreement",
      type: "loopstream.Agreement",
      doc: "Of units that are held out, with reason holdout.",
      default: { proposals: 0, agreed: 0, agreedFirst: 0 },
    },
  ],
} as const;
