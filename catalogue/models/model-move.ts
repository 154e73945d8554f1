import { DomainError, type ModelRecorded, type ModelStateName } from "../../schemas/index.ts";
import type { GlobalView } from "../../streams/index.ts";
import { addState, replacedBy } from "./add-state.ts";
import { checkModelMove } from "./model-moves.ts";
import { modelsAt } from "./models-at.ts";

/** A state to move a model to. A canary has its share of the units, above 0 and below 1. */
export type ModelMove = Exclude<ModelStateName, "trained" | "canary"> | { readonly canary: number };

/** The state and the share that a move leads to. Throws `ILLEGAL_MOVE` where the share is out of bounds. */
export function moveState(
  modelId: string,
  to: ModelMove,
): { readonly state: ModelStateName; readonly share: number | null } {
  if (typeof to === "string") return { state: to, share: null };
  if (to.canary > 0 && to.canary < 1) return { state: "canary", share: to.canary };
  throw new DomainError(
    "ILLEGAL_MOVE",
    `model ${modelId} can't be the canary of ${to.canary * 100} % of the units: a share is above 0 % and below 100 %, and production is for all: models promote`,
  );
}

/**
 * The records of a move, the moved model first: the model that it replaces, in production or as the canary, is retired.
 * Throws `ILLEGAL_MOVE` if there is no such move.
 *
 * @param at event time, ms
 */
export function movedRecords(
  table: GlobalView<ModelRecorded>,
  model: ModelRecorded,
  to: ModelMove,
  { at, reason, ladder }: { readonly at: number; readonly reason: string; readonly ladder: boolean },
): readonly ModelRecorded[] {
  const { state, share } = moveState(model.modelId, to);
  checkModelMove(model, state, at);
  const { production, canary } = modelsAt(table, model.useCase, model.blueprintVersion, at);
  const current = state === "production" ? production : state === "canary" ? canary?.model : undefined;
  const moved = addState(model, { state, time: at, reason, share, ladder });
  const isOther = current !== undefined && current.modelId !== model.modelId;
  return isOther ? [moved, replacedBy(model.modelId, current, at)] : [moved];
}
