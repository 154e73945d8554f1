import { ownValue } from "../streams/index.ts";
import type { Joined, TrainingRow } from "../schemas/index.ts";
import type { CompiledBlueprint } from "../blueprints/index.ts";

/** A labelled decision as a training row: the fixed columns and one per feature, as the blueprint's row schema has them. */
export function rowOf(joined: Joined, { blueprint, layout }: CompiledBlueprint): TrainingRow {
  const { decision } = joined;
  const row: Record<string, string | number | boolean | null> = {
    decisionId: decision.decisionId,
    unit: decision.unit,
    blueprintVersion: decision.blueprintVersion,
    modelId: decision.modelId,
    mode: decision.mode,
    reason: decision.reason,
    decisionTime: decision.decisionTime,
    rowTime: joined.rowTime,
    maturity: joined.maturity,
    value: decision.value,
    propensity: decision.propensity,
    [`prediction_${blueprint.label.name}`]: ownValue(decision.predictions, blueprint.label.name) ?? null,
    label: joined.label,
    labelTime: joined.labelTime,
  };
  for (const { name, index } of layout) row[name] = decision.features[index] ?? null;
  return row;
}
