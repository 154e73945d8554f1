import { ownValue } from "../streams/index.ts";
import type { Joined, TrainingRow } from "../schemas/index.ts";
import type { CompiledBlueprint, LabelNow } from "../blueprints/index.ts";

/**
 * A labelled decision as a training row, with the columns of the blueprint's row schema: the fixed ones, one for each
 * feature, and those of the labels.
 */
export function rowOf(joined: Joined, compiled: CompiledBlueprint): TrainingRow {
  const { layout, labelColumns, maturityColumns, reward } = compiled;
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
    label: joined.label ?? Number.NaN,
  };
  for (let at = 0; at < labelColumns.length; at++) {
    const { name, value, time, prediction } = labelColumns[at]!;
    const { label, labelTime } = at === 0 ? joined : joined.others[at - 1]!;
    row[value] = label;
    row[time] = labelTime;
    row[prediction] = ownValue(decision.predictions, name) ?? null;
  }
  for (let at = 0; at < maturityColumns.length; at++) {
    row[maturityColumns[at]!] = joined.waiting.includes(labelColumns[at]!.name) ? "waiting" : "mature";
  }
  if (reward !== undefined) row["reward"] = reward((name) => labelNow(joined, compiled, name));
  for (const { name, index } of layout) row[name] = decision.features[index] ?? null;
  return row;
}

function labelNow(joined: Joined, { blueprint }: CompiledBlueprint, name: string): LabelNow {
  const value =
    blueprint.label.name === name ? joined.label : (joined.others.find((other) => other.name === name)?.label ?? null);
  return { value, waits: joined.waiting.includes(name) };
}
