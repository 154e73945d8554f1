import { decisionRecordedSchema, type DecisionRecorded } from "./types/index.ts";

/** A decision before it had `keys`, `parameters`, `options`, `scores`, `proposed` and `beliefs`. */
export type FormerDecision = Omit<
  DecisionRecorded,
  "keys" | "parameters" | "options" | "candidates" | "scores" | "proposed" | "beliefs"
>;

const FIELDS: readonly string[] = [
  "decisionId",
  "unit",
  "useCase",
  "blueprintVersion",
  "modelId",
  "features",
  "predictions",
  "actions",
  "distribution",
  "value",
  "propensity",
  "seed",
  "mode",
  "reason",
  "decisionTime",
  "deferred",
  "repeatOf",
];

/** The schema of such decisions. State of that time keeps no writer's schema, so its values are read by this one. */
export const formerDecisionSchema = {
  ...decisionRecordedSchema,
  fields: decisionRecordedSchema.fields.filter(({ name }) => FIELDS.includes(name)),
};

/** At that time no policy had parameters, and no decision options. */
export const withoutKeys = (decision: FormerDecision): DecisionRecorded => ({
  ...decision,
  keys: null,
  parameters: {},
  options: [],
  candidates: 0,
  scores: [],
  proposed: [],
  beliefs: [],
});
