import type { ModelRecorded, ModelState } from "../../schemas/index.ts";
import type { Written } from "../change/change-table.ts";

/** The model with one more state, inserted by its time, behind states of the same time. */
export function addState(model: ModelRecorded, entered: ModelState): ModelRecorded {
  return { ...model, states: [...model.states, entered].sort((a, b) => a.time - b.time) };
}

/** The model's record, retired at `time`, ms, because another model takes its place. */
export function replacedBy(modelId: string, model: ModelRecorded, time: number): ModelRecorded {
  return addState(model, { state: "retired", time, reason: `replaced by ${modelId}`, share: null, by: "unit" });
}

/** The models' records as the table of models has them. @param time of the change, event time in ms */
export function modelRecords(models: readonly ModelRecorded[], time: number): readonly Written<ModelRecorded>[] {
  return models.map((value) => ({ key: `${value.useCase}/${value.modelId}`, value, time }));
}
