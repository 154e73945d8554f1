import type { Metric } from "../../blueprints/index.ts";
import type { TrainingRow } from "../../schemas/index.ts";
import { comparison } from "./compare-models.ts";
import type { ComparedLabel, Gain } from "./paired-gain.ts";

/** The rows with one value of a feature, as two models predict them. */
export interface Slice {
  readonly feature: string;
  /** `missing`: the feature has none there. */
  readonly value: string;
  /** The metric of the model in production. */
  readonly theirs: number;
  readonly gain: Gain;
}

/** Fewer decisions say nothing of a slice. */
const LEAST_DECISIONS = 100;
/** Slices that are looked at, the largest: each look costs a metric of its rows. */
const MOST_SLICES = 200;

/**
 * The slices by each feature that are large enough to be compared.
 *
 * @param features names of categories and booleans
 * @param rows in the order of the labels
 */
export function slicesOf(
  metric: Metric,
  features: readonly string[],
  unit: readonly ComparedLabel[],
  rows: readonly TrainingRow[],
): readonly Slice[] {
  return features
    .flatMap((feature) =>
      [...Map.groupBy(rows.keys(), (row) => String(rows[row]![feature] ?? "missing"))].map(([value, members]) => ({
        feature,
        value,
        members,
      })),
    )
    .filter(({ members }) => members.length >= LEAST_DECISIONS)
    .sort((a, b) => b.members.length - a.members.length)
    .slice(0, MOST_SLICES)
    .flatMap(({ feature, value, members }) => {
      const pick = (values: Float32Array): Float32Array => Float32Array.from(members, (row) => values[row]!);
      const own = unit.map(({ label, labels, weights, ours, theirs }) => ({
        ...{ label, labels: pick(labels), weights: weights && pick(weights) },
        ...{ ours: pick(ours), theirs: pick(theirs) },
      }));
      const { theirs, gain } = comparison(
        metric,
        own,
        members.map((row) => rows[row]!),
      );
      const other = theirs[metric];
      const isKnown = gain !== undefined && other !== undefined && gain.decisions >= LEAST_DECISIONS;
      return isKnown ? [{ feature, value, theirs: other, gain }] : [];
    });
}
