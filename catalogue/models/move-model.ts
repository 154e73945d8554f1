import type { ModelRecorded } from "../../schemas/index.ts";
import type { TopicTools } from "../../streams/index.ts";
import { changeTable } from "../change/change-table.ts";
import { addState, modelRecords } from "./add-state.ts";
import { modelTable } from "./model-table.ts";
import { modelsAt } from "./models-at.ts";

/**
 * Puts a model into production by hand, whatever the gate said, or takes it out at once; event time in ms. The one that was in
 * production is retired. Rejects when there is no such model. @returns the records as written, the moved model first.
 */
export function moveModel(
  tools: TopicTools,
  modelId: string,
  state: "production" | "withdrawn",
  time: number,
  reason: string,
): Promise<readonly ModelRecorded[]> {
  return changeTable(tools, modelTable, (table) => {
    const model = [...table.values()].find((known) => known.modelId === modelId);
    if (model === undefined) throw new Error(`there is no model ${modelId}: loopstream models lists them`);
    const current = modelsAt(table, model.useCase, model.blueprintVersion, time).production;
    const moved = [addState(model, state, time, reason)];
    if (state === "production" && current !== undefined && current.modelId !== modelId) {
      moved.push(addState(current, "retired", time, `replaced by ${modelId}`));
    }
    return { write: modelRecords(moved, time), result: moved };
  });
}
