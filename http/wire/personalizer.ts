import { z } from "zod";
import { text } from "./values.ts";

/** Azure AI Personalizer v1.0, as its public specification has it. */
const features = z.array(z.looseObject({}));
const eventId = text.min(1).max(256);

export const rankRequest = z.looseObject({
  contextFeatures: features
    .nullish()
    .describe("Merged; objects inside are named by their path, user: { age } is user_age."),
  actions: z
    .array(z.looseObject({ id: text.min(1).max(256), features: features.nullish() }))
    .min(1)
    .max(50)
    .describe("All actions of the blueprint, true and false for a boolean. Their features are not used."),
  excludedActions: z.array(text).nullish().describe("None: the policy chooses among all actions."),
  eventId: eventId.nullish().describe("The decision id. Absent: a new one."),
  deferActivation: z.boolean().nullish(),
});

export const rankResponse = z.object({
  ranking: z.array(z.object({ id: z.string(), probability: z.number().optional() })),
  eventId: z.string(),
  rewardActionId: z.string(),
});

export const rewardRequest = z.looseObject({ value: z.number() });
export const useCaseParameters = z.object({ useCase: text.min(1) });
export const eventParameters = z.object({ eventId });

export const personalizerError = z.object({ error: z.object({ code: z.string(), message: z.string() }) });

export type RankRequest = z.infer<typeof rankRequest>;
export type RankResponse = z.infer<typeof rankResponse>;
