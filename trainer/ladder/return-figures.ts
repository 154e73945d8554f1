import { canarySalt, unitPlace } from "../../blueprints/index.ts";
import type { ModelState } from "../../schemas/index.ts";
import {
  differenceByUnit,
  meanByUnit,
  type ArmRows,
  type DifferenceByUnit,
  type MeanByUnit,
} from "../../statistics/index.ts";
import type { SeenEpisode } from "./seen-episodes.ts";
import { settledUntil } from "./settled.ts";
import { stepWeights } from "./step-weights.ts";

/** The returns of some units' episodes. */
export interface Returns extends MeanByUnit {
  readonly episodes: number;
}

/** What episodes return of the units of a canary, beside all others. */
export interface ReturnFigures {
  /** `undefined`: there is no such episode. */
  readonly canary: Returns | undefined;
  readonly production: Returns | undefined;
  /** How much more one of the canary returns. */
  readonly difference: DifferenceByUnit | undefined;
  /** Episodes of either arm that are not over, or too new to count. */
  readonly tooNew: number;
  /** Episodes of no arm: of both models, of units that changed between them, of another choice, of several units, or without a reward. */
  readonly ofNoArm: number;
}

/**
 * The returns of both arms of a trial. An episode is of an arm if the arm's model made all of its decisions, and its unit
 * has been in the arm at all steps since. So the place of a unit says which episodes count, and not their length: of
 * units that change between the models the long ones alone would be of both.
 *
 * @param episodes that began since the canary's first step
 * @param steps the canary's states, in their order, at least one; the others count by step as the canary's own do
 * @param rival the model in production
 */
export function returnFigures(
  episodes: readonly SeenEpisode[],
  steps: readonly ModelState[],
  { modelId, rival }: { readonly modelId: string; readonly rival: string },
): ReturnFigures {
  const salt = canarySalt(modelId);
  const share = steps.at(-1)!.share ?? 0;
  const of = (arm: string, isCanarys: boolean): readonly InArm[] =>
    episodes.filter(
      (one): one is InArm =>
        one.modelId === arm &&
        one.unit !== undefined &&
        one.worth !== undefined &&
        unitPlace(salt, one.unit) < share === isCanarys,
    );
  const [ours, theirs] = [of(modelId, true), of(rival, false)];
  const until = Math.min(settledUntil(ours), settledUntil(theirs));
  const [own, others] = [ours, theirs].map((arm) => arm.filter(({ isOver, began }) => isOver && began <= until));
  const timesOf = (some: readonly InArm[]): readonly number[] => some.map(({ began }) => began);
  const [canary, production] = [armOf(own!), armOf(others!, stepWeights(timesOf(own!), timesOf(others!), steps))];
  const inArms = ours.length + theirs.length;
  return {
    ...{ canary: returnsOf(canary), production: returnsOf(production) },
    difference: differenceByUnit(canary, production),
    ...{ tooNew: inArms - own!.length - others!.length, ofNoArm: episodes.length - inArms },
  };
}

interface InArm extends SeenEpisode {
  readonly unit: string;
  readonly worth: number;
}

const armOf = (counted: readonly InArm[], weights?: readonly number[]): ArmRows => ({
  values: counted.map(({ worth }) => worth),
  units: counted.map(({ unit }) => unit),
  weights,
});

function returnsOf({ values, units, weights }: ArmRows): Returns | undefined {
  const found = meanByUnit(values, units, weights);
  return found && { ...found, episodes: values.length };
}
