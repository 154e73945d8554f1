import type { ModelRecorded, ModelState } from "../../schemas/index.ts";
import type { TopicTools } from "../../streams/index.ts";
import { changeTable } from "../change/change-table.ts";
import { modelRecords } from "./add-state.ts";
import { movedRecords, type ModelMove } from "./model-move.ts";
import { modelTable } from "./model-table.ts";
import { modelsAt } from "./models-at.ts";

/** What a step of the ladder was judged for. It is not taken where one of these has changed since. */
export interface JudgedStep {
  readonly model: Pick<ModelRecorded, "useCase" | "modelId" | "blueprintVersion">;
  /** The state that the model stood in. */
  readonly from: ModelState;
  /** The model in production then. */
  readonly rival: string | undefined;
  readonly to: ModelMove;
  /** With the figures, for the model's record. */
  readonly reason: string;
}

/**
 * Takes a step of the ladder, up or off it. Of several processes that judged the same step one takes it.
 *
 * @param time event time in ms, asked right before each attempt to write
 * @returns the records as written, the moved model first; `undefined`: a person or another process moved a model
 * meanwhile, and nothing was written
 */
export function takeStep(
  tools: TopicTools,
  { model: { useCase, modelId, blueprintVersion }, from, rival, to, reason }: JudgedStep,
  time: () => number,
): Promise<readonly ModelRecorded[] | undefined> {
  return changeTable(tools, modelTable, (table) => {
    const at = Math.max(time(), from.time + 1);
    const model = table.get(`${useCase}/${modelId}`);
    const { production, canary } = modelsAt(table, useCase, blueprintVersion, at);
    const hasOtherCanary = typeof to === "object" && canary !== undefined && canary.model.modelId !== modelId;
    if (
      model === undefined ||
      !isSameState(model.states.at(-1), from) ||
      production?.modelId !== rival ||
      hasOtherCanary
    )
      return { write: [], result: undefined };
    const moved = movedRecords(table, model, to, { at, reason, ladder: true });
    return { write: modelRecords(moved, at), result: moved };
  });
}

/** Of a model that may have been moved meanwhile. */
export const isSameState = (a: ModelState | undefined, b: ModelState): boolean =>
  a?.state === b.state && a.time === b.time && a.share === b.share && a.ladder === b.ladder;
