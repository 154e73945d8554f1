import type { ModelRecorded, ModelState } from "../../schemas/index.ts";
import type { TopicTools } from "../../streams/index.ts";
import { changeTable } from "../change/change-table.ts";
import { modelRecords, replacedBy } from "./add-state.ts";
import { learntRows } from "./learnt-rows.ts";
import { modelTable } from "./model-table.ts";
import { modelsAt } from "./models-at.ts";

/** The verdict on a model that was trained. */
export interface Judgement {
  readonly promote: boolean;
  /** The reason with its figures, for the model's record. */
  readonly reason: string;
}

/**
 * Publishes a model that was trained, here or elsewhere, with its judge's verdict, against the models as they are now: a model that was moved by hand during
 * the training keeps its place. The new model's record is written first: between the two records the newest production
 * model counts.
 *
 * @param judge is asked again if another process changed the models meanwhile
 * @param time of its first states, event time in ms
 * @returns the model's record; an existing one is left alone
 */
export function publishTrained(
  tools: TopicTools,
  model: Omit<ModelRecorded, "states">,
  judge: (inProduction: string | undefined) => Judgement,
  time: number,
): Promise<ModelRecorded> {
  const { useCase, modelId, blueprintVersion, provenance } = model;
  const { holdout, refitted, imported } = provenance;
  const before = refitted ? `, judged before it learnt from the newest ${holdout}` : "";
  const how = imported === null ? `on ${learntRows(provenance)} rows${before}` : "imported";
  return changeTable(tools, modelTable, (table) => {
    const known = table.get(`${useCase}/${modelId}`);
    if (known !== undefined) return { write: [], result: known };
    const rival = modelsAt(table, useCase, blueprintVersion, time).production;
    const { promote, reason } = judge(rival?.modelId);
    const states: readonly ModelState[] = [
      { state: "trained", time, reason: `${how}; ${reason}`, share: null, by: "unit" },
      ...(promote ? [{ state: "production" as const, time, reason, share: null, by: "unit" as const }] : []),
    ];
    const record: ModelRecorded = { ...model, states };
    const retired = promote && rival !== undefined ? [replacedBy(modelId, rival, time)] : [];
    return { write: modelRecords([record, ...retired], time), result: record };
  });
}
