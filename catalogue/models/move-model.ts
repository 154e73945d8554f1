import { DomainError, type ModelRecorded, type ModelState, type ModelStateName } from "../../schemas/index.ts";
import type { TopicTools } from "../../streams/index.ts";
import { changeTable } from "../change/change-table.ts";
import { addState, modelRecords, replacedBy } from "./add-state.ts";
import { checkModelMove, modelStateAt } from "./model-moves.ts";
import { modelTable } from "./model-table.ts";
import { modelsAt } from "./models-at.ts";

/** A state to move a model to. A canary has its share of the units, above 0 and below 1. */
export type ModelMove = Exclude<ModelStateName, "trained" | "canary"> | { readonly canary: number };

const BY_HAND = "by hand";

/**
 * Moves a model by hand, whatever the gate's verdict. The model that it replaces, in production or as
 * the canary, is retired. A canary may be moved again, to change its share.
 *
 * @param time event time in ms; a function is asked right before each attempt to write.
 * @param reason for the record. Absent: `by hand`; a model that is in this state already then keeps its former reason.
 * @returns the records as written, the moved model first
 * @throws DomainError `ILLEGAL_MOVE` if `modelMoves` has no such move or the share is out of bounds; `UNKNOWN_MODEL`
 * if there is no such model
 */
export function moveModel(
  tools: TopicTools,
  modelId: string,
  to: ModelMove,
  time: number | (() => number),
  reason?: string,
): Promise<readonly ModelRecorded[]> {
  const state = typeof to === "string" ? to : "canary";
  return changeTable(tools, modelTable, (table) => {
    const at = typeof time === "number" ? time : time();
    const model = [...table.values()].find((known) => known.modelId === modelId);
    if (model === undefined)
      throw new DomainError("UNKNOWN_MODEL", `there is no model ${modelId}: loopstream models lists them`);
    checkModelMove(model, state, at);
    const share = typeof to === "string" ? null : checkedShare(modelId, to.canary);
    const entered = modelStateAt(model, at);
    if (reason === undefined && entered?.state === state && entered.share === share && isByUnit(entered))
      return { write: [], result: [model] };
    const { production, canary } = modelsAt(table, model.useCase, model.blueprintVersion, at);
    const current = state === "production" ? production : state === "canary" ? canary?.model : undefined;
    const moved = [addState(model, { state, time: at, reason: reason ?? BY_HAND, share, by: "unit" })];
    if (current !== undefined && current.modelId !== modelId) moved.push(replacedBy(modelId, current, at));
    return { write: modelRecords(moved, at), result: moved };
  });
}

/** A canary of a former release, by decision, becomes one by unit when its state is entered again. */
const isByUnit = ({ state, by }: ModelState): boolean => state !== "canary" || by === "unit";

function checkedShare(modelId: string, share: number): number {
  if (share > 0 && share < 1) return share;
  throw new DomainError(
    "ILLEGAL_MOVE",
    `model ${modelId} can't be the canary of ${share * 100} % of the units: a share is above 0 % and below 100 %`,
  );
}
