import { hash } from "node:crypto";
import { canarySalt, unitPlace } from "../../blueprints/index.ts";
import type { DecisionRequested, ModelRecorded } from "../../schemas/index.ts";
import type { Canary, ModelsAt } from "./models-at.ts";

/** What of a request says which model decides. */
export type Asker = Pick<DecisionRequested, "unit" | "decisionId">;

/** The model for one decision: the canary for its share of the units, the model in production for all others. */
export function modelFor({ production, canary }: ModelsAt, asker: Asker): ModelRecorded | undefined {
  return canary !== undefined && placeIn(canary, asker) < canary.share ? canary.model : production;
}

/** 1, outside of every share, with a word of a newer release: its draw is not known here. */
function placeIn({ model: { modelId }, by }: Canary, { unit, decisionId }: Asker): number {
  if (by === "unit") return unitPlace(canarySalt(modelId), unit);
  return by === "decision" ? decisionPlace(modelId, decisionId) : 1;
}

/**
 * The place of a decision in [0, 1) under a canary whose share is of decisions, as former releases had them: the first 48
 * bits of SHA-256 over `modelId`, a zero byte and `decisionId`. Replays of that time draw by it.
 */
export function decisionPlace(modelId: string, decisionId: string): number {
  return hash("sha256", `${modelId}\0${decisionId}`, "buffer").readUIntBE(0, 6) / 2 ** 48;
}
