// Generated from ../avro/ by `npm run generate`: edit that.

import type { DecisionRequested } from "./decision-requested.ts";

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
    {
      name: "request",
      type: {
        type: "record",
        name: "DecisionRequested",
        namespace: "loopstream",
        doc: "A product asks for a decision. The record's timestamp is its event time; its key is the decision id.",
        fields: [
          {
            name: "decisionId",
            type: "string",
            doc: "Chosen by the caller; what observations name. Within a use case one id is one decision of one unit.",
          },
          { name: "useCase", type: "string", doc: "Which blueprint answers." },
          { name: "unit", type: "string", doc: "User, device or other entity the decision is about." },
          {
            name: "context",
            type: { type: "map", values: ["null", "boolean", "double", "string"] },
            doc: "What the product knows now, by name.",
          },
          { name: "deferred", type: "boolean", doc: "Decided now, shown later or never.", default: false },
          {
            name: "logged",
            type: [
              "null",
              {
                type: "record",
                name: "LoggedAction",
                doc: "An action that was taken elsewhere, as data that is imported tells it.",
                fields: [
                  {
                    name: "value",
                    type: ["boolean", "double", "string"],
                    doc: "What was chosen; one of the blueprint's decision space, of a ranking the option at its top.",
                  },
                  {
                    name: "propensity",
                    type: ["null", "double"],
                    doc: "Probability with which it was chosen, above 0 and at most 1, of a ranking that of the whole list; null: not known.",
                    default: null,
                  },
                  {
                    name: "distribution",
                    type: { type: "array", items: "double" },
                    doc: "Probability of each action that could have been chosen: of the candidates in their order, without any of the blueprint's actions, of a boolean first false. Sums to 1; empty: not known.",
                    default: [],
                  },
                  {
                    name: "positions",
                    type: { type: "array", items: "double" },
                    doc: "Of a ranking, which is the order of the candidates: probability of each option at its position, under those above it. So many of the first candidates were shown; empty: not known, and all were.",
                    default: [],
                  },
                ],
                namespace: "loopstream",
              },
            ],
            doc: "History only: the action that was taken then, which is recorded instead of one of the policy's. In a request that no feed of history has sent it is refused, and the policy decides.",
            default: null,
          },
          {
            name: "candidates",
            type: {
              type: "array",
              items: {
                type: "record",
                name: "Candidate",
                doc: "An option that may be chosen or shown.",
                fields: [
                  {
                    name: "optionId",
                    type: "string",
                    doc: "Names the option; what observations name. Of two candidates with the same id the first counts.",
                  },
                  {
                    name: "context",
                    type: { type: "map", values: ["null", "boolean", "double", "string"] },
                    doc: "What the product knows of the option, by name.",
                    default: {},
                  },
                ],
                namespace: "loopstream",
              },
            },
            doc: "The options, in the product's own order, where the blueprint's decisions are over options of the request. Empty: there are none, or the blueprint declares them.",
            default: [],
          },
        ],
      },
      doc: "The request as it came.",
    },
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
