// Generated from ../avro/ by `npm run generate`: edit that.

import type { Enriched } from "./enriched.ts";
import { enrichedSchema } from "./enriched.ts";

/** An enriched request with its predictions. In-memory edge between infer and decide. */
export interface Scored {
  /** What infer was given. */
  readonly enriched: Enriched;
  /** In production at the request's event time, or the canary where the decision is of its share; null: there was none. */
  readonly modelId: null | string;
  /** By objective; empty where the predictions are the options'. */
  readonly predictions: Readonly<Record<string, number>>;
  /** The predictions of each option, by label, in the order of the enriched ones; empty without a model, and where a decision has no options. */
  readonly options: readonly Readonly<Record<string, number>>[];
}

export const scoredSchema = {
  type: "record",
  name: "Scored",
  namespace: "loopstream",
  doc: "An enriched request with its predictions. In-memory edge between infer and decide.",
  fields: [
    { name: "enriched", type: enrichedSchema, doc: "What infer was given." },
    {
      name: "modelId",
      type: ["null", "string"],
      doc: "In production at the request's event time, or the canary where the decision is of its share; null: there was none.",
    },
    {
      name: "predictions",
      type: { type: "map", values: "double" },
      doc: "By objective; empty where the predictions are the options'.",
    },
    {
      name: "options",
      type: { type: "array", items: { type: "map", values: "double" } },
      doc: "The predictions of each option, by label, in the order of the enriched ones; empty without a model, and where a decision has no options.",
      default: [],
    },
  ],
} as const;
