import { DomainError, type ModelRecorded, type ModelState } from "../../schemas/index.ts";
import type { TopicTools } from "../../streams/index.ts";
import { changeTable } from "../change/change-table.ts";
import { modelRecords } from "./add-state.ts";
import { movedRecords, moveState, type ModelMove } from "./model-move.ts";
import { modelStateAt } from "./model-moves.ts";
import { modelTable } from "./model-table.ts";
import { modelsAt } from "./models-at.ts";

const BY_HAND = "by hand";

/**
 * Moves a model by hand, whatever the gate's verdict, and takes it off the ladder. The model that it replaces, in production
 * or as the canary, is retired. A canary may be moved again, to change its share.
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
  return changeTable(tools, modelTable, (table) => {
    const at = typeof time === "number" ? time : time();
    const model = [...table.values()].find((known) => known.modelId === modelId);
    if (model === undefined)
      throw new DomainError("UNKNOWN_MODEL", `there is no model ${modelId}: loopstream models lists them`);
    const { state, share } = moveState(modelId, to);
    const entered = modelStateAt(model, at);
    const { production } = modelsAt(table, model.useCase, model.blueprintVersion, at);
    // A model that was trained on an earlier time is in production there, and another one is since.
    const serves = state !== "production" || production?.modelId === modelId;
    if (reason === undefined && entered?.state === state && entered.share === share && isByHand(entered) && serves)
      return { write: [], result: [model] };
    const moved = movedRecords(table, model, to, { at, reason: reason ?? BY_HAND, ladder: false });
    return { write: modelRecords(moved, at), result: moved };
  });
}

/** A canary of a former release, by decision, becomes one by unit when its state is entered again; a model leaves the ladder. */
const isByHand = ({ state, by, ladder }: ModelState): boolean => (state !== "canary" || by === "unit") && !ladder;
