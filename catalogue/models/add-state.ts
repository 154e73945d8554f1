import type { ModelRecorded, ModelStateName } from "../../schemas/index.ts";
import type { Written } from "../change/change-table.ts";

/** The model with one state more, at its place in time, behind those of the same time. */
export function addState(model: ModelRecorded, state: ModelStateName, time: number, reason: string): ModelRecorded {
  return { ...model, states: [...model.states, { state, time, reason }].sort((a, b) => a.time - b.time) };
}

/** The models' records as the table of models has them. @param time of the change, event time in ms */
export function modelRecords(models: readonly ModelRecorded[], time: number): readonly Written<ModelRecorded>[] {
  return models.map((value) => ({ key: `${value.useCase}/${value.modelId}`, value, time }));
}
