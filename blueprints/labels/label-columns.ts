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

/** Time from the decision to its row, ms: the row is made when the waits of all labels are over. */
export const rowWaitMs = ({ labels }: Pick<BlueprintContent, "labels">): number =>
  labels.reduce((most, { waitMs }) => Math.max(most, waitMs), 0);
