import { ownValue } from "../streams/index.ts";
import type { Joined, TrainingRow } from "../schemas/index.ts";
import { EPISODE_KEY, optionVector, type CompiledBlueprint, type LabelNow } from "../blueprints/index.ts";

/**
 * A labelled decision as a training row, with the columns of the blueprint's row schema: the fixed ones, one for each
 * feature, and those of the labels.
 */
export function rowOf(joined: Joined, compiled: CompiledBlueprint): TrainingRow {
  const { blueprint, layout, labelColumns, maturityColumns, reward, options } = compiled;
  const { decision } = joined;
  const option = joined.option === null ? undefined : decision.options[joined.option];
  const predictions = option === undefined ? decision.predictions : option.predictions;
  const features =
    option === undefined || options === null
      ? decision.features
      : optionVector(decision.features, option.features, options);
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
    row[prediction] = ownValue(predictions, name) ?? null;
  }
  for (let at = 0; at < maturityColumns.length; at++) {
    row[maturityColumns[at]!] = joined.waiting.includes(labelColumns[at]!.name) ? "waiting" : "mature";
  }
  if (reward !== undefined) row["reward"] = reward((name) => labelNow(joined, compiled, name));
  const by = blueprint.episodes?.by ?? "unit";
  if (by !== "unit") row[EPISODE_KEY] = ownValue(decision.keys ?? {}, by) ?? null;
  for (const { name, index } of layout) row[name] = features[index] ?? null;
  if (options === null) return row;
  if (options.isRanking) row["propensity"] = option?.propensity ?? (decision.propensity === 1 ? 1 : null);
  row["optionId"] = option?.optionId ?? null;
  row["optionPosition"] = joined.position;
  row["optionScore"] = option?.score ?? null;
  for (const { index } of options.positions) row[layout[index]!.name] = joined.position;
  return row;
}

function labelNow(joined: Joined, { blueprint }: CompiledBlueprint, name: string): LabelNow {
  const value =
    blueprint.label.name === name ? joined.label : (joined.others.find((other) => other.name === name)?.label ?? null);
  return { value, waits: joined.waiting.includes(name) };
}
