import type { ModelRecorded, ModelStateName } from "../../schemas/index.ts";
import { checkMove, type Moves } from "../moves.ts";

/**
 * The legal moves. A state may be entered again, with another reason, and for a canary with another share. The way up
 * may lead through shadow and canary, or skip them. A model that serves all decisions leaves by being replaced or
 * withdrawn. A model that was taken out may come back: so a promotion is undone.
 */
export const modelMoves: Moves<ModelStateName> = {
  trained: ["shadow", "canary", "production", "retired", "withdrawn"],
  shadow: ["shadow", "canary", "production", "retired", "withdrawn"],
  canary: ["canary", "shadow", "production", "retired", "withdrawn"],
  production: ["production", "retired", "withdrawn"],
  retired: ["retired", "shadow", "canary", "production", "withdrawn"],
  withdrawn: ["withdrawn", "shadow", "canary", "production"],
};

/** The state that a model has right after `time`, ms, as it was entered; `undefined`: none was. */
export function modelStateAt(
  { states }: Pick<ModelRecorded, "states">,
  time: number,
): ModelRecorded["states"][number] | undefined {
  return states.findLast((entered) => entered.time <= time);
}

/** The state of a model right after `time`, ms. It may be a state of a newer release. */
export function modelStateAfter(model: Pick<ModelRecorded, "states">, time: number): string {
  return modelStateAt(model, time)?.state ?? "trained";
}

/** Throws `ILLEGAL_MOVE` with the list of legal moves. A model in a state of a newer release can only be withdrawn. */
export function checkModelMove(model: ModelRecorded, to: ModelStateName, time: number): void {
  const from = modelStateAfter(model, time);
  const moves: Moves<string> = Object.hasOwn(modelMoves, from) ? modelMoves : { [from]: ["withdrawn"] };
  checkMove(moves, `model ${model.modelId} of use case "${model.useCase}"`, from, to);
}
