import type { LadderConfig } from "../../blueprints/index.ts";
import type { ModelRecorded } from "../../schemas/index.ts";
import type { GlobalView, TopicTools } from "../../streams/index.ts";
import { changeTable } from "../change/change-table.ts";
import { modelRecords, replacedBy, stateOf } from "./add-state.ts";
import { climbingModels, ladderSteps } from "./ladder-steps.ts";
import { learntRows } from "./learnt-rows.ts";
import { moveState } from "./model-move.ts";
import { modelTable } from "./model-table.ts";
import { modelsAt } from "./models-at.ts";

/** The verdict on a model that was trained. */
export interface Judgement {
  readonly promote: boolean;
  /** The reason with its figures, for the model's record. */
  readonly reason: string;
}

export interface Publishing {
  /** Is asked again if another process changed the models meanwhile. */
  readonly judge: (inProduction: string | undefined) => Judgement;
  /** The steps of a model that is promoted where another one serves. Null: it goes into production. */
  readonly ladder: LadderConfig | null;
  /** Of its first states, event time in ms. */
  readonly time: number;
}

/**
 * Publishes a model that was trained, here or elsewhere, with its judge's verdict, against the models as they are now: a model that was moved by hand during
 * the training keeps its place. The new model's record is written first: between the two records the newest production
 * model counts.
 *
 * @returns the model's record; an existing one is left alone
 */
export function publishTrained(
  tools: TopicTools,
  model: Omit<ModelRecorded, "states">,
  { judge, ladder, time }: Publishing,
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
    // Nobody can be compared with the first model.
    const [step] = ladderSteps(rival === undefined ? null : ladder);
    const taken = promote && step !== "production" ? takenStep(table, model, time) : undefined;
    const told = `${how}; ${reason}${taken === undefined ? "" : `; not on the ladder: ${taken}`}`;
    const isReplaced = promote && step === "production" && rival !== undefined;
    const watches = isReplaced && (ladder?.watch ?? null) !== null;
    const entered = { ...moveState(modelId, step), time, reason, ladder: step !== "production" || watches };
    const record: ModelRecorded = {
      ...model,
      states: [
        stateOf({ state: "trained", time, reason: told }),
        ...(promote && taken === undefined ? [stateOf(entered)] : []),
      ],
    };
    return {
      write: modelRecords([record, ...(isReplaced ? [replacedBy(modelId, rival, time)] : [])], time),
      result: record,
    };
  });
}

/** Why the ladder is not free. */
function takenStep(
  table: GlobalView<ModelRecorded>,
  model: Omit<ModelRecorded, "states">,
  time: number,
): string | undefined {
  const [climbing] = climbingModels(table, model, time);
  if (climbing !== undefined) return `${climbing.modelId} is, and one climbs at a time`;
  const { canary } = modelsAt(table, model.useCase, model.blueprintVersion, time);
  return canary === undefined ? undefined : `${canary.model.modelId} is the canary`;
}
