// Generated from ../avro/ by `npm run generate`: edit that.

import type { DecisionRecorded } from "./decision-recorded.ts";
import { decisionRecordedSchema } from "./decision-recorded.ts";

/** A product asks for a decision. The record's timestamp is its event time; its key is the decision id. */
export interface DecisionRequested {
  /** Chosen by the caller; what observations name. Within a use case one id is one decision of one unit. */
  readonly decisionId: string;
  /** Which blueprint answers. */
  readonly useCase: string;
  /** User, device or other entity the decision is about. */
  readonly unit: string;
  /** What the product knows now, by name. */
  readonly context: Readonly<Record<string, null | boolean | number | string>>;
  /** Decided now, shown later or never. */
  readonly deferred: boolean;
  /** History only: the action that was taken then, which is recorded instead of one of the policy's. In a request that no feed of history has sent it is refused, and the policy decides. */
  readonly logged: null | LoggedAction;
  /** The options, in the product's own order, where the blueprint's decisions are over options of the request. Empty: there are none, or the blueprint declares them. */
  readonly candidates: readonly Candidate[];
  /** The decision of this request, if a client in the product's own process has made it and answered with it: it is recorded as it is, once. Null: the loop decides. */
  readonly answered: null | DecisionRecorded;
}

/** An action that was taken elsewhere, as data that is imported tells it. */
export interface LoggedAction {
  /** What was chosen; one of the blueprint's decision space, of a ranking the option at its top. */
  readonly value: boolean | number | string;
  /** Probability with which it was chosen, above 0 and at most 1, of a ranking that of the whole list; null: not known. */
  readonly propensity: null | number;
  /** Probability of each action that could have been chosen: of the candidates in their order, without any of the blueprint's actions, of a boolean first false. Sums to 1; empty: not known. */
  readonly distribution: readonly number[];
  /** Of a ranking, which is the order of the candidates: probability of each option at its position, under those above it. So many of the first candidates were shown; empty: not known, and all were. */
  readonly positions: readonly number[];
}

/** An option that may be chosen or shown. */
export interface Candidate {
  /** Names the option; what observations name. Of two candidates with the same id the first counts. */
  readonly optionId: string;
  /** What the product knows of the option, by name. */
  readonly context: Readonly<Record<string, null | boolean | number | string>>;
}

export const decisionRequestedSchema = {
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
    {
      name: "answered",
      type: ["null", decisionRecordedSchema],
      doc: "The decision of this request, if a client in the product's own process has made it and answered with it: it is recorded as it is, once. Null: the loop decides.",
      default: null,
    },
  ],
} as const;
