import { models, type ModelRecorded } from "../../schemas/index.ts";
import { readTable, type Backbone, type GlobalView, type Publisher, type Serdes } from "../../streams/index.ts";

export type ModelHands = { readonly backbone: Backbone; readonly serdes: Serdes; readonly publisher: Publisher };

const queues = new WeakMap<Backbone, Promise<unknown>>();

/**
 * Writes what `change` makes of the models as they are now, in one write: no reader sees one of the records without those before it.
 * Changes over one backbone object follow each other, each reading what the one before wrote. Between two processes nothing
 * orders them: of two changes to one model within the few milliseconds from reading to writing one is lost.
 */
export function changeModels(
  hands: ModelHands,
  time: number,
  change: (table: GlobalView<ModelRecorded>) => readonly ModelRecorded[],
): Promise<readonly ModelRecorded[]> {
  const { backbone, serdes, publisher } = hands;
  const run = async (): Promise<readonly ModelRecorded[]> => {
    const written = change(await readTable(backbone, serdes, models));
    if (written.length > 0) {
      await publisher.publish(
        written.map((value) => ({ topic: models, key: `${value.useCase}/${value.modelId}`, value, time })),
      );
    }
    return written;
  };
  const changed = (queues.get(backbone) ?? Promise.resolve()).then(run, run);
  queues.set(backbone, changed);
  return changed;
}

/** The model with one state more, at its place in time. */
export function withState(model: ModelRecorded, state: string, time: number, reason: string): ModelRecorded {
  return { ...model, states: [...model.states, { state, time, reason }].sort((a, b) => a.time - b.time) };
}
