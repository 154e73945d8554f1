import { hash } from "node:crypto";
import type { ModelRecorded } from "../../schemas/index.ts";
import type { ModelsAt } from "./models-at.ts";

/** The model for one decision: the canary for its share of the decisions, the model in production for all others. */
export function modelFor({ production, canary }: ModelsAt, decisionId: string): ModelRecorded | undefined {
  return canary !== undefined && drawOf(canary.model.modelId, decisionId) < canary.share ? canary.model : production;
}

/**
 * The place of a decision in the draw of one canary, in [0, 1): the first 48 bits of SHA-256 over `modelId`, a zero
 * byte and `decisionId`. It depends on nothing else. So a replay draws the same, and a canary whose share grows keeps
 * its decisions.
 */
export function drawOf(modelId: string, decisionId: string): number {
  return hash("sha256", `${modelId}\0${decisionId}`, "buffer").readUIntBE(0, 6) / 2 ** 48;
}
