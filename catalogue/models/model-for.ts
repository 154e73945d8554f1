import { createHash } from "node:crypto";
import type { ModelRecorded } from "../../schemas/index.ts";
import type { ModelsAt } from "./models-at.ts";

/** The model that a decision is made by: the canary for its share of the decisions, and the one in production for the others. */
export function modelFor({ production, canary }: ModelsAt, decisionId: string): ModelRecorded | undefined {
  return canary !== undefined && drawOf(canary.model.modelId, decisionId) < canary.share ? canary.model : production;
}

/**
 * The place of a decision in the draw of one canary, in [0, 1): the first 48 bits of SHA-256 over `modelId`, a zero byte and `decisionId`. The same for
 * everybody and at any time, so a replay draws what was drawn, and a canary whose share grows keeps the decisions it had.
 */
export function drawOf(modelId: string, decisionId: string): number {
  return createHash("sha256").update(`${modelId}\0${decisionId}`).digest().readUIntBE(0, 6) / 2 ** 48;
}
