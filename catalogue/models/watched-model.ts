import type { ModelRecorded, ModelState } from "../../schemas/index.ts";
import type { GlobalView } from "../../streams/index.ts";
import { modelStateAt } from "./model-moves.ts";
import { modelsAt } from "./models-at.ts";

/** A model that the ladder has brought into production, and the one that it has replaced. */
export interface WatchedModel {
  readonly model: ModelRecorded;
  /** In production. */
  readonly state: ModelState;
  /** Retired when the model came, and not moved since. */
  readonly former: ModelRecorded;
}

/**
 * The model of a version that can still be rolled back to the one before it, at `time`, ms. Whoever moves one of the two,
 * or another model into production, has taken the choice from the ladder.
 */
export function watchedModel(
  table: GlobalView<ModelRecorded>,
  { useCase, blueprintVersion }: Pick<ModelRecorded, "useCase" | "blueprintVersion">,
  time: number,
): WatchedModel | undefined {
  const { production: model } = modelsAt(table, useCase, blueprintVersion, time);
  const state = model && modelStateAt(model, time);
  if (model === undefined || state?.state !== "production" || !state.ladder) return undefined;
  const { production: former } = modelsAt(table, useCase, blueprintVersion, state.time);
  const left = former && modelStateAt(former, time);
  // A model that enters production again is its own predecessor: its watch is over.
  if (former === undefined || left?.state !== "retired" || left.time !== state.time) return undefined;
  return { model, state, former };
}
