import { z } from "zod";
import { text } from "./values.ts";

/** OpenFeature Remote Evaluation Protocol, https://github.com/open-feature/protocol. */
const context = z
  .looseObject({ targetingKey: text.optional(), decisionId: text.optional() })
  .describe(
    "targetingKey is the unit, decisionId the id of the decision, candidates its options, each an id or with optionId and context; the rest is its context.",
  );

export const evaluationRequest = z.looseObject({ context: context.optional() });
export const flagParameters = z.object({ key: text.min(1).describe("The use case.") });

export const evaluation = z.object({
  key: z.string(),
  value: z
    .union([z.boolean(), z.number(), z.string(), z.object({ ranking: z.array(z.string()) })])
    .optional()
    .describe("A ranking has the ids of the options to show, in this order. Absent: use your default."),
  reason: z.string(),
  variant: z.string().optional(),
  metadata: z.record(z.string(), z.union([z.boolean(), z.number(), z.string()])),
});

export const evaluationFailure = z.object({
  key: z.string(),
  errorCode: z.enum(["PARSE_ERROR", "TARGETING_KEY_MISSING", "INVALID_CONTEXT", "FLAG_NOT_FOUND", "GENERAL"]),
  errorDetails: z.string().optional(),
  metadata: z.record(z.string(), z.union([z.boolean(), z.number(), z.string()])).optional(),
});
export const requestFailure = evaluationFailure.partial({ key: true });

export const bulkEvaluation = z.object({ flags: z.array(z.union([evaluation, evaluationFailure])) });

export type Evaluation = z.infer<typeof evaluation>;
export type EvaluationFailure = z.infer<typeof evaluationFailure>;
export type EvaluationContext = z.infer<typeof context>;
