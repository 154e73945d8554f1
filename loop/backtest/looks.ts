import { trainingDue, trainModel, type TrainResult } from "../../trainer/index.ts";
import { LadderWatch, type Stepped } from "../ladder/index.ts";
import type { Loop } from "../loop.ts";

/** The use case, and the moment at which it is looked at. */
export interface LookAt {
  readonly loop: Loop;
  readonly useCase: string;
  /** Event time, ms. The loop has handled everything before it, and nothing behind it is published. */
  readonly time: number;
  readonly told: Told;
}

/** Hears of a backtest's trainings and steps of the ladder. */
export interface Told {
  readonly onTraining?: ((time: number, done: number, total: number) => void) | undefined;
  readonly onTrained?: ((result: TrainResult, time: number, reason: string) => void) | undefined;
  readonly onStepped?: ((stepped: Stepped, time: number) => void) | undefined;
}

/**
 * Looks at a use case at one event time, and may train or move its models as of that time. It goes by topics and tables
 * alone, not by a clock, and does nothing when it is asked again for the same time.
 * @returns whether it has moved anything
 */
export type Look = (at: LookAt) => Promise<boolean>;

/** Trains when the blueprint's schedule or fresh rows say so. The gate decides about the model. */
const train: Look = async ({ loop, useCase, time, told }) => {
  const reason = await trainingDue(loop, useCase, time);
  if (reason === undefined) return false;
  const onProgress = (done: number, total: number): void => told.onTraining?.(time, done, total);
  const result = await trainModel(loop, { useCase, until: time, onProgress });
  told.onTrained?.(result, time, reason);
  return result.kind === "trained";
};

/**
 * Takes the steps of the ladder that are due. A watch remembers what it need not look at again, which a process that
 * goes on after a kill does not: each look has one of its own.
 */
const climb: Look = async ({ loop, useCase, time, told }) => {
  const stepped = await new LadderWatch(loop, useCase).look(time);
  for (const one of stepped) told.onStepped?.(one, time);
  return stepped.length > 0;
};

/** All that happens after a step, in this order: each sees what those before it have moved. */
const looks: readonly Look[] = [train, climb];

/** Resolves when the loop knows everything that was moved: the next decision is made by it. */
export async function lookAt(at: LookAt): Promise<void> {
  await at.loop.idle();
  for (const look of looks) if (await look(at)) await at.loop.idle();
}
