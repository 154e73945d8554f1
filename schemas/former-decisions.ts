import { decisionRecordedSchema, type DecisionRecorded } from "./types/index.ts";

/** A decision as it was before it kept its keys. */
export type FormerDecision = Omit<DecisionRecorded, "keys">;

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

/** Its schema. State of that time was kept without the schema that wrote it, so what was stored by this one is read by this one. */
export const formerDecisionSchema = {
  ...decisionRecordedSchema,
  fields: decisionRecordedSchema.fields.filter(({ name }) => FIELDS.includes(name)),
};

export const withoutKeys = (decision: FormerDecision): DecisionRecorded => ({ ...decision, keys: null });
