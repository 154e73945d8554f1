import type { ModelRecorded } from "../../schemas/index.ts";
import { modelsAt } from "../../catalogue/index.ts";
import type { Verdict } from "../gate.ts";
import { changeModels, withState, type ModelHands } from "./change-models.ts";

/**
 * Publishes a model with what the judge says of it beside the models as they are now: one that was moved by hand while this one was
 * being trained keeps that. The new model's record goes first: between the two records the newest production model counts.
 *
 * @param time of its first states, event time in ms
 * @returns the model's record; one that was there already is left alone
 */
export async function publishTrained(
  hands: ModelHands,
  model: Omit<ModelRecorded, "states">,
  judge: (inProduction: string | undefined) => Verdict,
  time: number,
): Promise<ModelRecorded> {
  const { useCase, modelId, blueprintVersion, provenance } = model;
  const { rows } = provenance;
  let record: ModelRecorded | undefined;
  await changeModels(hands, time, (table) => {
    record = table.get(`${useCase}/${modelId}`);
    if (record !== undefined) return [];
    const rival = modelsAt(table, useCase, blueprintVersion, time).production;
    const { promote, reason } = judge(rival?.modelId);
    const states = [
      { state: "trained", time, reason: `on ${rows} rows; ${reason}` },
      ...(promote ? [{ state: "production", time, reason }] : []),
    ];
    record = { ...model, states };
    if (!promote || rival === undefined) return [record];
    return [record, withState(rival, "retired", time, `replaced by ${modelId}`)];
  });
  return record!;
}
