import type { LadderConfig } from "../../blueprints/index.ts";
import type { ModelRecorded, ModelState } from "../../schemas/index.ts";
import type { GlobalView } from "../../streams/index.ts";
import { modelStateAt } from "./model-moves.ts";
import type { ModelMove } from "./model-move.ts";

/** A step on the way up. */
export type LadderStep = Extract<ModelMove, "shadow" | "production" | object>;

/** In their order; the last one is production. @param ladder null: there is no other step */
export const ladderSteps = (ladder: LadderConfig | null): readonly [LadderStep, ...LadderStep[]] =>
  [
    ...(ladder === null || ladder.shadow === null ? [] : (["shadow"] as const)),
    ...(ladder?.canary ?? []).map((canary) => ({ canary })),
    "production",
  ] as const as readonly [LadderStep, ...LadderStep[]];

/** The step after that of a model in shadow or as a canary. */
export function stepAfter(ladder: LadderConfig, { state, share }: Pick<ModelState, "state" | "share">): LadderStep {
  const place = state === "canary" ? (share ?? 0) : 0;
  const canary = ladder.canary.find((each) => each > place);
  return canary === undefined ? "production" : { canary };
}

/** The state in which a model is on the ladder at `time`, ms; `undefined`: it is not. */
export function climbingState(model: Pick<ModelRecorded, "states">, time: number): ModelState | undefined {
  const entered = modelStateAt(model, time);
  return entered?.ladder === true && (entered.state === "shadow" || entered.state === "canary") ? entered : undefined;
}

/** The models of a version that are on the ladder at `time`, ms; one, but for records that somebody wrote otherwise. */
export function climbingModels(
  table: GlobalView<ModelRecorded>,
  { useCase, blueprintVersion }: Pick<ModelRecorded, "useCase" | "blueprintVersion">,
  time: number,
): readonly ModelRecorded[] {
  return [...table.values()].filter(
    (model) =>
      model.useCase === useCase &&
      model.blueprintVersion === blueprintVersion &&
      climbingState(model, time) !== undefined,
  );
}
