import type { ModelRecorded, ModelState } from "../../schemas/index.ts";
import type { Written } from "../change/change-table.ts";

type Entered = Pick<ModelState, "state" | "time" | "reason"> & Partial<Pick<ModelState, "share" | "ladder">>;

/** A state as this release writes it, by hand or by the gate if nothing else is said. */
export const stateOf = (entered: Entered): ModelState => ({ share: null, ladder: false, by: "unit", ...entered });

/** The model with one more state, inserted by its time, behind states of the same time. */
export function addState(model: ModelRecorded, entered: Entered): ModelRecorded {
  return { ...model, states: [...model.states, stateOf(entered)].sort((a, b) => a.time - b.time) };
}

/** The model's record, retired at `time`, ms, because another model takes its place. */
export function replacedBy(modelId: string, model: ModelRecorded, time: number): ModelRecorded {
  return addState(model, { state: "retired", time, reason: `replaced by ${modelId}` });
}

/** The models' records as the table of models has them. @param time of the change, event time in ms */
export function modelRecords(models: readonly ModelRecorded[], time: number): readonly Written<ModelRecorded>[] {
  return models.map((value) => ({ key: `${value.useCase}/${value.modelId}`, value, time }));
}
