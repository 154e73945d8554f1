import type { CompiledBlueprint, Guardrail } from "../../blueprints/index.ts";
import type { ModelState, TrainingRow } from "../../schemas/index.ts";
import { meanByUnit, type MeanByUnit } from "../../statistics/index.ts";
import { stepWeights } from "./step-weights.ts";

/** A label, or the reward, of the units of a canary beside all others, where the policy acted. */
export interface GuardrailFigures extends Guardrail {
  readonly name: string;
  /** `undefined`: there is no such row. */
  readonly canary: MeanByUnit | undefined;
  readonly production: MeanByUnit | undefined;
}

/** Where the product's own choice acted, no model is to blame. */
export const NOT_THE_POLICY: ReadonlySet<unknown> = new Set(["holdout", "control", "logged"]);

/**
 * The means by unit of what a blueprint guards.
 *
 * @param rows decided since the canary's first step, in any order
 * @param steps the canary's states, in their order. The rows of production count by step as those of the canary do: a
 * share that grows must not compare one time with another.
 * @param rival the model in production
 */
export function guardrailFigures(
  { blueprint, labelColumns }: Pick<CompiledBlueprint, "blueprint" | "labelColumns">,
  rows: readonly TrainingRow[],
  steps: readonly ModelState[],
  { modelId, rival }: { readonly modelId: string; readonly rival: string },
): readonly GuardrailFigures[] {
  const columnOf = (name: string): string =>
    labelColumns[blueprint.labels.findIndex((label) => label.name === name)]?.value ?? name;
  const acted = rows.filter(({ reason }) => !NOT_THE_POLICY.has(reason));
  return Object.entries(blueprint.ladder?.guardrails ?? {}).map(([name, guardrail]) => {
    const column = columnOf(name);
    const known = acted.filter((row) => Number.isFinite(row[column]));
    const own = known.filter((row) => row["modelId"] === modelId);
    const others = known.filter((row) => row["modelId"] === rival);
    const weights = weightsByStep(own, others, steps);
    return { name, ...guardrail, canary: meanOf(own, column), production: meanOf(others, column, weights) };
  });
}

const meanOf = (rows: readonly TrainingRow[], column: string, weights?: readonly number[]): MeanByUnit | undefined =>
  meanByUnit(
    rows.map((row) => row[column] as number),
    rows.map(({ unit }) => unit as string),
    weights,
  );

/** Of each other row: so many own rows of its step as there are other ones. */
function weightsByStep(
  own: readonly TrainingRow[],
  others: readonly TrainingRow[],
  steps: readonly ModelState[],
): readonly number[] {
  const timesOf = (rows: readonly TrainingRow[]): readonly number[] => rows.map((row) => row["decisionTime"] as number);
  return stepWeights(timesOf(own), timesOf(others), steps);
}
