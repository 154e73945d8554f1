import type { ModelRecorded } from "../../schemas/index.ts";
import { productionModel } from "../../serving/index.ts";
import type { Verdict } from "../gate.ts";
import { changeModels, withState, type ModelHands } from "./change-models.ts";

/**
 * Publishes a model with what the judge says of it beside the models as they are now: one that was moved by hand while this one was
 * being trained keeps that. The new model's record goes first: between the two records the newest production model counts.
 *
 * @returns the model's record; one that was there already is left alone
 */
export async function publishTrained(
  hands: ModelHands,
  model: Omit<ModelRecorded, "states">,
  judge: (inProduction: string | undefined) => Verdict,
): Promise<ModelRecorded> {
  const { useCase, modelId, blueprintVersion, provenance } = model;
  const { until, rows } = provenance;
  let record: ModelRecorded | undefined;
  await changeModels(hands, until, (table) => {
    record = table.get(`${useCase}/${modelId}`);
    if (record !== undefined) return [];
    const rival = productionModel(table, useCase, blueprintVersion, until);
    const { promote, reason } = judge(rival?.modelId);
    const states = [
      { state: "trained", time: until, reason: `on ${rows} rows; ${reason}` },
      ...(promote ? [{ state: "production", time: until, reason }] : []),
    ];
    record = { ...model, states };
    if (!promote || rival === undefined) return [record];
    return [record, withState(rival, "retired", until, `replaced by ${modelId}`)];
  });
  return record!;
}
