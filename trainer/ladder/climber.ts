import type { CompiledBlueprint } from "../../blueprints/index.ts";
import { climbingState, type ValidBlueprints } from "../../catalogue/index.ts";
import type { ModelRecorded, ModelState, TrainingRow } from "../../schemas/index.ts";
import type { Failure, LadderEvidence, Trial } from "./ladder-check.ts";

/** A model on the ladder. */
export interface Climber {
  readonly compiled: CompiledBlueprint;
  readonly known: ValidBlueprints;
  readonly model: ModelRecorded;
  /** The model in production. */
  readonly rival: ModelRecorded;
  /** Event time, ms: rows complete after it are left out. */
  readonly now: number;
  readonly trial: Trial;
}

/** What is known of it without any row. */
export function standing({
  compiled: { blueprint },
  model,
  rival,
  now,
  trial,
}: Climber): Pick<LadderEvidence, "ladder" | "state" | "rival" | "trial" | "metric" | "tolerance"> {
  const { metric, tolerance } = blueprint.training;
  const state = climbingState(model, now)!;
  return { ladder: blueprint.ladder!, state, rival: rival.modelId, trial, metric, tolerance };
}

/** Its states as a canary of the ladder, without a state of another kind between. */
export function canarySteps({ states }: Pick<ModelRecorded, "states">): readonly ModelState[] {
  const isStep = ({ ladder, state }: ModelState): boolean => ladder && state === "canary";
  return states.slice(states.findLastIndex((state) => !isStep(state)) + 1);
}

/** Decisions among some rows, of which a decision may have several. */
export const countDecisions = (rows: readonly TrainingRow[]): number =>
  new Set(rows.map((row) => row["decisionId"])).size;

export const failureOf = (row: TrainingRow, reason: string): Failure => ({
  decisionId: row["decisionId"] as string,
  reason,
});

/** The first row that can't be predicted. */
export async function firstFailure(
  rows: readonly TrainingRow[],
  predict: (row: TrainingRow) => Promise<unknown>,
): Promise<Failure | null> {
  for (const row of rows) {
    try {
      await predict(row);
    } catch (error) {
      return failureOf(row, error instanceof Error ? error.message : String(error));
    }
  }
  return null;
}
