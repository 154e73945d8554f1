import { objectMaker, ownValue } from "../streams/index.ts";
import type { Joined, TrainingRow } from "../schemas/index.ts";
import { EPISODE_KEY, optionVector, type CompiledBlueprint, type LabelNow } from "../blueprints/index.ts";

/**
 * A labelled decision as a training row, with the columns of the blueprint's row schema: the fixed ones, one for each
 * feature, and those of the labels.
 */
export function rowOf(joined: Joined, compiled: CompiledBlueprint): TrainingRow {
  const { labelColumns, maturityColumns, reward, options, layout, blueprint } = compiled;
  const { decision } = joined;
  const option = joined.option === null ? undefined : decision.options[joined.option];
  const predictions = option === undefined ? decision.predictions : option.predictions;
  const features =
    option === undefined || options === null
      ? decision.features
      : optionVector(decision.features, option.features, options);
  const values: RowValue[] = [
    decision.decisionId,
    decision.unit,
    decision.blueprintVersion,
    decision.modelId,
    decision.mode,
    decision.reason,
    decision.decisionTime,
    joined.rowTime,
    joined.maturity,
    decision.value,
    decision.propensity,
    joined.label ?? Number.NaN,
  ];
  for (let at = 0; at < labelColumns.length; at++) {
    const { label, labelTime } = at === 0 ? joined : joined.others[at - 1]!;
    values.push(label, labelTime, ownValue(predictions, labelColumns[at]!.name) ?? null);
  }
  for (let at = 0; at < maturityColumns.length; at++) {
    values.push(joined.waiting.includes(labelColumns[at]!.name) ? "waiting" : "mature");
  }
  if (reward !== undefined) values.push(reward((name) => labelNow(joined, compiled, name)));
  const by = blueprint.episodes?.by ?? "unit";
  if (by !== "unit") values.push(ownValue(decision.keys ?? {}, by) ?? null);
  for (const { index } of layout) values.push(features[index] ?? null);
  const row = makerOf(compiled)(values);
  if (options === null) return row;
  if (options.isRanking) row["propensity"] = option?.propensity ?? (decision.propensity === 1 ? 1 : null);
  row["optionId"] = option?.optionId ?? null;
  row["optionPosition"] = joined.position;
  row["optionScore"] = option?.score ?? null;
  for (const { index } of options.positions) row[layout[index]!.name] = joined.position;
  return row;
}

type RowValue = string | number | boolean | null;
type Row = Record<string, RowValue>;

const FIXED = [
  "decisionId",
  "unit",
  "blueprintVersion",
  "modelId",
  "mode",
  "reason",
  "decisionTime",
  "rowTime",
  "maturity",
  "value",
  "propensity",
  "label",
] as const;

/** By version: rows of one shape, from a value a column. */
const makers = new WeakMap<CompiledBlueprint, (values: readonly RowValue[]) => Row>();

function makerOf(compiled: CompiledBlueprint): (values: readonly RowValue[]) => Row {
  let maker = makers.get(compiled);
  if (maker === undefined) {
    const names = columnsOf(compiled);
    maker = (objectMaker(names) as typeof maker) ?? ((values) => oneByOne(names, values));
    makers.set(compiled, maker);
  }
  return maker;
}

/** The columns that every row of the version has, in the order of its values. */
function columnsOf({ labelColumns, maturityColumns, reward, layout, blueprint }: CompiledBlueprint): readonly string[] {
  const by = blueprint.episodes?.by ?? "unit";
  return [
    ...FIXED,
    ...labelColumns.flatMap(({ value, time, prediction }) => [value, time, prediction]),
    ...maturityColumns,
    ...(reward === undefined ? [] : ["reward"]),
    ...(by === "unit" ? [] : [EPISODE_KEY]),
    ...layout.map(({ name }) => name),
  ];
}

function oneByOne(names: readonly string[], values: readonly RowValue[]): Row {
  const row: Row = {};
  for (let at = 0; at < names.length; at++) row[names[at]!] = values[at]!;
  return row;
}

function labelNow(joined: Joined, { blueprint }: CompiledBlueprint, name: string): LabelNow {
  const value =
    blueprint.label.name === name ? joined.label : (joined.others.find((other) => other.name === name)?.label ?? null);
  return { value, waits: joined.waiting.includes(name) };
}
