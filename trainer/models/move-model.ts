import { models, type ModelRecorded } from "../../schemas/index.ts";
import { modelsAt } from "../../catalogue/index.ts";
import { readTable } from "../../streams/index.ts";
import { changeModels, withState, type ModelHands } from "./change-models.ts";

/** All models, oldest training first. */
export async function readModels({
  backbone,
  serdes,
}: Omit<ModelHands, "publisher">): Promise<readonly ModelRecorded[]> {
  const table = await readTable(backbone, serdes, models);
  return [...table.values()].sort((a, b) => a.provenance.until - b.provenance.until);
}

/**
 * Puts a model into production by hand, whatever the gate said, or takes it out at once; event time in ms. The one that was in
 * production is retired. Rejects when there is no such model. @returns the records as written, the moved model first.
 */
export function moveModel(
  hands: ModelHands,
  modelId: string,
  state: "production" | "withdrawn",
  time: number,
  reason: string,
): Promise<readonly ModelRecorded[]> {
  return changeModels(hands, time, (table) => {
    const model = [...table.values()].find((known) => known.modelId === modelId);
    if (model === undefined) throw new Error(`there is no model ${modelId}: loopstream models lists them`);
    const current = modelsAt(table, model.useCase, model.blueprintVersion, time).production;
    const written = [withState(model, state, time, reason)];
    if (state === "production" && current !== undefined && current.modelId !== modelId) {
      written.push(withState(current, "retired", time, `replaced by ${modelId}`));
    }
    return written;
  });
}
