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

/** `undefined`: the blueprint has none. */
export function compileReward({ reward, labels }: Pick<BlueprintContent, "reward" | "labels">): Reward | undefined {
  if (reward === null) return undefined;
  const types = Object.fromEntries(labels.map(({ name }): [string, FormulaType] => [name, "number"]));
  const { evaluate, names } = compileFormula(reward, types);
  return (labelOf) => {
    if (names.some((name) => labelOf(name).waits)) return null;
    const value = evaluate((name) => labelOf(name).value);
    return typeof value === "boolean" ? Number(value) : typeof value === "number" ? value : null;
  };
}
