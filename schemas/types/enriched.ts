// Generated from ../avro/ by `npm run generate`: edit that.

import type { DecisionRequested } from "./decision-requested.ts";
import { decisionRequestedSchema } from "./decision-requested.ts";

/** A request with its features. In-memory edge between enrich and infer. */
export interface Enriched {
  /** The request as it came. */
  readonly request: DecisionRequested;
  /** Valid at the request's event time; null: none was. */
  readonly blueprintVersion: null | string;
  /** In the blueprint's order. */
  readonly features: readonly (null | number | string)[];
  /** Why the request can't be decided. */
  readonly error: null | string;
  /** Entries of the context that count for nothing, by name: unknown to the blueprint, or unusable for their type. Null: none. */
  readonly misfits: null | Readonly<Record<string, string>>;
  /** In the order of the request, or of the blueprint; empty where a decision has no options. */
  readonly options: readonly EnrichedOption[];
}

/** An option with its features. */
export interface EnrichedOption {
  /** Names the option. */
  readonly optionId: string;
  /** The features of the option, in the blueprint's order. */
  readonly features: readonly (null | number | string)[];
}

export const enrichedSchema = {
  type: "record",
  name: "Enriched",
  namespace: "loopstream",
  doc: "A request with its features. In-memory edge between enrich and infer.",
  fields: [
    { name: "request", type: decisionRequestedSchema, doc: "The request as it came." },
    { name: "blueprintVersion", type: ["null", "string"], doc: "Valid at the request's event time; null: none was." },
    {
      name: "features",
      type: { type: "array", items: ["null", "double", "string"] },
      doc: "In the blueprint's order.",
    },
    { name: "error", type: ["null", "string"], doc: "Why the request can't be decided." },
    {
      name: "misfits",
      type: ["null", { type: "map", values: "string" }],
      doc: "Entries of the context that count for nothing, by name: unknown to the blueprint, or unusable for their type. Null: none.",
      default: null,
    },
    {
      name: "options",
      type: {
        type: "array",
        items: {
          type: "record",
          name: "EnrichedOption",
          doc: "An option with its features.",
          fields: [
            { name: "optionId", type: "string", doc: "Names the option." },
            {
              name: "features",
              type: { type: "array", items: ["null", "double", "string"] },
              doc: "The features of the option, in the blueprint's order.",
            },
          ],
          namespace: "loopstream",
        },
      },
      doc: "In the order of the request, or of the blueprint; empty where a decision has no options.",
      default: [],
    },
  ],
} as const;
