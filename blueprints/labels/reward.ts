import type { BlueprintContent } from "../blueprint.ts";
import { compileFormula, type FormulaType } from "../formula/index.ts";

export interface LabelNow {
  /** Null: there is neither an observation nor a default. */
  readonly value: number | null;
  /** Its wait is not over. */
  readonly waits: boolean;
}

/** Null where a label that it uses waits, its formula is missing, or it is no finite number. A boolean counts as 1 or 0. */
export type Reward = (labelOf: (name: string) => LabelNow) => number | null;

/** In its formula every label is a number: one of a condition is 1 or 0. */
export const rewardTypes = (labels: readonly string[]): Readonly<Record<string, FormulaType>> =>
  Object.fromEntries(labels.map((name) => [name, "number"]));

/** `undefined`: the blueprint has none. */
export function compileReward({ reward, labels }: Pick<BlueprintContent, "reward" | "labels">): Reward | undefined {
  if (reward === null) return undefined;
  const { evaluate, names } = compileFormula(reward, rewardTypes(labels.map(({ name }) => name)));
  return (labelOf) => {
    if (names.some((name) => labelOf(name).waits)) return null;
    const value = evaluate((name) => labelOf(name).value);
    return typeof value === "boolean" ? Number(value) : typeof value === "number" ? value : null;
  };
}
