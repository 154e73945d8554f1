import {
  holdoutSalt,
  unitPlace,
  type CompiledBlueprint,
  type LearningMode,
  type ParamValues,
} from "../../blueprints/index.ts";
import type { ValidBlueprints } from "../../catalogue/index.ts";

/** What was set for the version at the time of a decision. */
export interface VersionSet {
  readonly params: ParamValues;
  readonly mode: LearningMode;
}

/** What was set for a version strictly before a time, ms. */
export const setAt = (
  blueprints: ValidBlueprints,
  { blueprint: { useCase, version } }: CompiledBlueprint,
  time: number,
): VersionSet => ({
  params: blueprints.params(useCase, version, time),
  mode: blueprints.mode(useCase, version, time),
});

/** Who acts: the policy, a uniform draw, or the product's own choice with the reason for it. */
export type Acts = "policy" | "uniform" | "control" | "holdout";

/** Whether a unit is held out, the same in all versions of a use case with this share. */
export const isHeldOut = (salt: string, useCase: string, unit: string, share: number): boolean =>
  share > 0 && unitPlace(holdoutSalt(salt, useCase), unit) < share;

/** Of a decision in which the policy did not act. */
export const reasonOf = (acts: Exclude<Acts, "policy">): "explore" | "control" | "holdout" =>
  acts === "uniform" ? "explore" : acts;

export function whoActs(mode: LearningMode, isOut: boolean, logging: "baseline" | "uniform"): Acts {
  if (isOut) return "holdout";
  if (mode === "online") return "policy";
  return mode === "loggingOnly" && logging === "uniform" ? "uniform" : "control";
}
