import type { BlueprintContent, LabelConfig } from "../blueprint.ts";

/** The columns of one label in a training row. */
export interface LabelColumns {
  readonly name: string;
  readonly value: string;
  /** Event time of the observation that decided it. */
  readonly time: string;
  /** Prediction of the model at the decision's time. */
  readonly prediction: string;
}

/**
 * In the order of the labels. A blueprint's only label has the columns `label` and `labelTime`; one of several has its
 * name in them.
 */
export function labelColumns(labels: readonly Pick<LabelConfig, "name">[]): readonly LabelColumns[] {
  return labels.map(({ name }) => ({
    name,
    value: labels.length === 1 ? "label" : `label_${name}`,
    time: labels.length === 1 ? "labelTime" : `labelTime_${name}`,
    prediction: `prediction_${name}`,
  }));
}

/** The different waits of the labels, ms, from the shortest: a row is made at the end of each. */
export const rowWaits = ({ labels }: Pick<BlueprintContent, "labels">): readonly number[] =>
  [...new Set(labels.map(({ waitMs }) => waitMs))].sort((a, b) => a - b);

/** Time from the decision to the row with all labels, ms. */
export const rowWaitMs = (blueprint: Pick<BlueprintContent, "labels">): number => rowWaits(blueprint).at(-1) ?? 0;

/** Columns that say which labels are mature, in the order of the labels. None where all have the same wait. */
export const maturityColumns = (blueprint: Pick<BlueprintContent, "labels">): readonly string[] =>
  rowWaits(blueprint).length === 1 ? [] : blueprint.labels.map(({ name }) => maturityColumn(name));

export const maturityColumn = (label: string): string => `maturity_${label}`;
