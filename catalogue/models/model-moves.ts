import type { ModelRecorded, ModelStateName } from "../../schemas/index.ts";
import { checkMove, type Moves } from "../moves.ts";

/**
 * A state may be entered again, which says why once more, and with a canary by which share. The way up leads through any of shadow and canary, or none;
 * a model that serves all decisions leaves by being replaced or withdrawn. One that was taken out may come back, which is how a promotion is undone.
 */
export const modelMoves: Moves<ModelStateName> = {
  trained: ["shadow", "canary", "production", "retired", "withdrawn"],
  shadow: ["shadow", "canary", "production", "retired", "withdrawn"],
  canary: ["canary", "shadow", "production", "retired", "withdrawn"],
  production: ["production", "retired", "withdrawn"],
  retired: ["retired", "shadow", "canary", "production", "withdrawn"],
  withdrawn: ["withdrawn", "shadow", "canary", "production"],
};

/** The state a model is in right after `time`, ms. It may be one of a newer release. */
export function modelStateAfter({ states }: Pick<ModelRecorded, "states">, time: number): string {
  return states.findLast((entered) => entered.time <= time)?.state ?? "trained";
}

/** Throws `ILLEGAL_MOVE` with the moves that there are. A model in a state of a newer release can only be withdrawn. */
export function checkModelMove(model: ModelRecorded, to: ModelStateName, time: number): void {
  const from = modelStateAfter(model, time);
  const moves: Moves<string> = Object.hasOwn(modelMoves, from) ? modelMoves : { [from]: ["withdrawn"] };
  checkMove(moves, `model ${model.modelId} of use case "${model.useCase}"`, from, to);
}
