import type { ModelRecorded } from "../../schemas/index.ts";
import type { TopicTools } from "../../streams/index.ts";
import { changeTable } from "../change/change-table.ts";
import { addState, modelRecords } from "./add-state.ts";
import { modelTable } from "./model-table.ts";
import { isSameState } from "./take-step.ts";
import { watchedModel, type WatchedModel } from "./watched-model.ts";

/**
 * Withdraws a model from production and puts the one before it back, in one change. Of several processes that judged the
 * same model one does it.
 *
 * @param judged as they stood when they were compared
 * @param reason with the figures, for the model's record
 * @param time event time in ms, asked right before each attempt to write
 * @returns the withdrawn model's record; `undefined`: a person or another process moved a model meanwhile, and nothing
 * was written
 */
export function rollBack(
  tools: TopicTools,
  judged: WatchedModel,
  reason: string,
  time: () => number,
): Promise<ModelRecorded | undefined> {
  const { state, model, former } = judged;
  return changeTable(tools, modelTable, (table) => {
    const at = Math.max(time(), state.time + 1);
    const now = watchedModel(table, model, at);
    if (now === undefined || !isSameState(now.state, state) || now.former.modelId !== former.modelId)
      return { write: [], result: undefined };
    const back = `in the place of ${model.modelId}, which was rolled back`;
    const withdrawn = addState(now.model, { state: "withdrawn", time: at, reason, ladder: true });
    const restored = addState(now.former, { state: "production", time: at, reason: back, ladder: true });
    return { write: modelRecords([restored, withdrawn], at), result: withdrawn };
  });
}
