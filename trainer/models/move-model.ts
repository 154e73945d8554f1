import { models, type ModelRecorded } from "../../schemas/index.ts";
import { productionModel } from "../../serving/index.ts";
import { readTable, type Backbone, type Publisher, type Serdes } from "../../streams/index.ts";

type Hands = { readonly backbone: Backbone; readonly serdes: Serdes; readonly publisher: Publisher };

/** All models, oldest training first. */
export async function readModels({ backbone, serdes }: Omit<Hands, "publisher">): Promise<readonly ModelRecorded[]> {
  const table = await readTable(backbone, serdes, models);
  return [...table.values()].sort((a, b) => a.provenance.until - b.provenance.until);
}

/**
 * Puts a model into production by hand, whatever the gate said, or takes it out at once; event time in ms. The one that was in
 * production is retired. Rejects when there is no such model. @returns the records as written, the moved model first.
 */
export async function moveModel(
  hands: Hands,
  modelId: string,
  state: "production" | "withdrawn",
  time: number,
  reason: string,
): Promise<readonly ModelRecorded[]> {
  const table = await readTable(hands.backbone, hands.serdes, models);
  const model = [...table.values()].find((known) => known.modelId === modelId);
  if (model === undefined) throw new Error(`there is no model ${modelId}: loopstream models lists them`);
  const current = productionModel(table, model.useCase, model.blueprintVersion, time);
  const written = [withState(model, state, time, reason)];
  if (state === "production" && current !== undefined && current.modelId !== modelId) {
    written.push(withState(current, "retired", time, `replaced by ${modelId}`));
  }
  await publishModels(hands.publisher, written, time);
  return written;
}

export function withState(model: ModelRecorded, state: string, time: number, reason: string): ModelRecorded {
  return { ...model, states: [...model.states, { state, time, reason }] };
}

/** In one write: no reader sees one of them without the ones before it. */
export function publishModels(publisher: Publisher, written: readonly ModelRecorded[], time: number): Promise<void> {
  return publisher.publish(
    written.map((value) => ({ topic: models, key: `${value.useCase}/${value.modelId}`, value, time })),
  );
}
