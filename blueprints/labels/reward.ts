import type { BlueprintContent, RewardConfig } from "../blueprint.ts";
import { canonicalFormula, compileFormula, type FormulaType } from "../formula/index.ts";

export interface LabelNow {
  /** Null: there is neither an observation nor a default. */
  readonly value: number | null;
  /** Its wait is not over. */
  readonly waits: boolean;
}

/** Null where a label that it uses waits, its formula is missing, or it is no finite number. A boolean counts as 1 or 0. */
export type Reward = (labelOf: (name: string) => LabelNow) => number | null;

/** In its formula every label is a number, as the weights are: one of a condition is 1 or 0. */
export const rewardTypes = (labels: readonly string[]): Readonly<Record<string, FormulaType>> =>
  Object.fromEntries(labels.map((name) => [name, "number"]));

/** `undefined`: the blueprint has none. */
export function compileReward({ reward, labels }: Pick<BlueprintContent, "reward" | "labels">): Reward | undefined {
  if (reward === null) return undefined;
  const { formula, weights } = reward;
  const known = [...labels.map(({ name }) => name), ...Object.keys(weights)];
  const { evaluate, names } = compileFormula(formula, rewardTypes(known));
  const used = names.filter((name) => !Object.hasOwn(weights, name));
  return (labelOf) => {
    if (used.some((name) => labelOf(name).waits)) return null;
    const value = evaluate((name) => (Object.hasOwn(weights, name) ? weights[name]! : labelOf(name).value));
    return typeof value === "boolean" ? Number(value) : typeof value === "number" ? value : null;
  };
}

/** What two rewards of one meaning have in common. One without weights is its formula. */
export const canonicalReward = ({ formula, weights }: RewardConfig): unknown =>
  Object.keys(weights).length === 0 ? canonicalFormula(formula) : { formula: canonicalFormula(formula), weights };

/** For people. */
export function rewardText({ formula, weights }: RewardConfig): string {
  const named = Object.entries(weights).map(([name, weight]) => `${name} ${weight}`);
  return named.length === 0 ? formula : `${formula} (${named.join(", ")})`;
}
