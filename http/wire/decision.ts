import { z } from "zod";
import { decisionReasons, decisions, recordLimits } from "../../schemas/index.ts";
import { areListedValues, fitted, hasFields, isBoolean, isBulkOf, isListOf, isName, isWhole } from "./fits.ts";
import { bulkOf, id, listedValues, name, problem, source, time } from "./values.ts";

const candidate = z.strictObject({
  optionId: id.describe("Names the option; what observations name."),
  context: listedValues
    .optional()
    .describe("The product's knowledge of the option, by the names of the blueprint's options."),
});
const fitsCandidate = hasFields({ optionId: isName }, { context: areListedValues });

const { fields } = decisions.schema as {
  readonly fields: readonly { readonly name: string; readonly doc: string }[];
};
/** As the loop records decisions. Types are judged where it is written. */
const answeredFields = Object.fromEntries(fields.map(({ name: field, doc }) => [field, z.unknown().describe(doc)]));

const fitsAsked = hasFields(
  { useCase: isName, unit: isName, context: areListedValues },
  {
    ...{ decisionId: isName, deferred: isBoolean, time: isWhole(0), source: isName },
    candidates: isListOf(fitsCandidate, recordLimits.candidates),
    timeoutMs: isWhole(1, recordLimits.httpDecisionMs),
  },
);

export const askedDecision = fitted(
  z.strictObject({
    useCase: name.describe("The use case whose live blueprint decides."),
    unit: id.describe("The user, device or other entity that the decision is about."),
    context: listedValues
      .default({})
      .describe("The product's knowledge at this moment, by the names of the blueprint's context."),
    candidates: z
      .array(candidate)
      .max(recordLimits.candidates)
      .optional()
      .describe(
        "The options in the product's own order, for a choice or a ranking whose options come with the request.",
      ),
    decisionId: id
      .optional()
      .describe("Absent: a new id. The same id asked again in the same use case is the same decision."),
    answered: z
      .strictObject(answeredFields)
      .optional()
      .describe(
        "The decision, if a page has made it by a bundle (`report` of loopstream/browser): it is recorded as it is, once, and is the answer. Its decisionTime is the time of the request.",
      ),
    deferred: z.boolean().optional().describe("The product shows this decision later, or never."),
    time: time.optional(),
    source: source.optional(),
    timeoutMs: z
      .int()
      .min(1)
      .max(recordLimits.httpDecisionMs)
      .optional()
      .describe("Longest wait for the decision. Past it the answer is 504; the same id gets it later. Default 1000."),
  }),
  fitsAsked,
);

export const decision = z.object({
  decisionId: z.string().describe("The id for observations of this decision."),
  useCase: z.string(),
  value: z.union([z.boolean(), z.number(), z.string(), z.null()]).describe("The decision. Null: use your default."),
  reason: z.enum(decisionReasons).describe("Why it is this value, or none."),
  propensity: z.number().nullable().describe("Probability with which the value was chosen; null: there was no choice."),
  blueprint: z.string().nullable().describe("The blueprint version that answered."),
  modelId: z.string().nullable(),
  repeatOf: z
    .int()
    .nullable()
    .describe(
      "Time of the first decision under this id, if its answer is kept no longer and this is a new decision; ms.",
    ),
  error: z.string().nullable().describe("With reason error: the mistake to mend."),
  ranking: z
    .array(z.string())
    .optional()
    .describe(
      "The ids of the options to show, in this order. Absent where the use case ranks nothing, and where there is no ranking: use your own order.",
    ),
  payload: z
    .record(z.string(), z.union([z.boolean(), z.number(), z.string()]))
    .optional()
    .describe("The settings of the chosen action. Absent if it has none."),
});

export const askedDecisions = fitted(
  z.strictObject({ decisions: bulkOf(askedDecision) }),
  hasFields({ decisions: isBulkOf(fitsAsked) }),
);
export const decisionResults = z.object({
  results: z
    .array(z.union([z.object({ status: z.literal(200), decision }), z.object({ status: z.int(), problem })]))
    .describe("One result an item, in their order."),
});

export type AskedDecision = z.infer<typeof askedDecision>;
export type AnsweredDecision = z.infer<typeof decision>;
