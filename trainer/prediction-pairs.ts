import type { Objective } from "../blueprints/index.ts";
import { evaluate } from "./evaluate.ts";
import { Numbers } from "./served/numbers.ts";

/** What is known of some predictions. */
export interface Distribution {
  readonly count: number;
  readonly mean: number;
  readonly standardDeviation: number;
  /** The 5th, 25th, 50th, 75th and 95th percentile: the smallest prediction that so many per cent do not exceed. */
  readonly percentiles: readonly number[];
}

/** Predictions of one label by the live version and by another one. */
export interface LabelFigures {
  /** Null: that version made no prediction of this label. */
  readonly live: Distribution | null;
  readonly shadow: Distribution | null;
  /** Over the decisions for which both predicted; null: there is none. */
  readonly meanDifference: number | null;
  readonly largestDifference: number | null;
  /** Decisions with both predictions and a label, and a weight if rows have one. The metrics are over these. */
  readonly labelled: number;
  /** By name; null: no decision is labelled. */
  readonly liveMetrics: Readonly<Record<string, number>> | null;
  readonly shadowMetrics: Readonly<Record<string, number>> | null;
}

const PERCENTILES = [5, 25, 50, 75, 95];

/** Pairs of predictions of one label with the label, four bytes a number. */
export class PredictionPairs {
  readonly #objective: Objective;
  readonly #weighted: boolean;
  readonly #live = new Numbers();
  readonly #shadow = new Numbers();
  readonly #labelled = { live: new Numbers(), shadow: new Numbers(), labels: new Numbers(), weights: new Numbers() };
  #both = 0;
  #difference = 0;
  #largest = 0;

  constructor(objective: Objective, weighted = false) {
    this.#objective = objective;
    this.#weighted = weighted;
  }

  /**
   * Each is `undefined` where there is none.
   * @param weight of the label in the metrics; 1 for all where rows have no weights
   */
  add(live: number | undefined, shadow: number | undefined, label: number | undefined, weight = 1): void {
    if (live !== undefined) this.#live.add(live);
    if (shadow !== undefined) this.#shadow.add(shadow);
    if (live === undefined || shadow === undefined) return;
    this.#both++;
    this.#difference += shadow - live;
    this.#largest = Math.max(this.#largest, Math.abs(shadow - live));
    if (label === undefined) return;
    this.#labelled.live.add(live);
    this.#labelled.shadow.add(shadow);
    this.#labelled.labels.add(label);
    if (this.#weighted) this.#labelled.weights.add(weight);
  }

  figures(): LabelFigures {
    const labels = this.#labelled.labels.all();
    const weights = this.#weighted ? this.#labelled.weights.all() : undefined;
    const metricsOf = (predictions: Numbers): LabelFigures["liveMetrics"] =>
      labels.length === 0 ? null : evaluate(predictions.all(), labels, this.#objective, weights);
    return {
      live: distributionOf(this.#live.all()),
      shadow: distributionOf(this.#shadow.all()),
      meanDifference: this.#both === 0 ? null : this.#difference / this.#both,
      largestDifference: this.#both === 0 ? null : this.#largest,
      labelled: labels.length,
      liveMetrics: metricsOf(this.#labelled.live),
      shadowMetrics: metricsOf(this.#labelled.shadow),
    };
  }
}

function distributionOf(values: Float32Array): Distribution | null {
  const count = values.length;
  if (count === 0) return null;
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const sorted = values.slice().sort();
  return {
    count,
    mean,
    standardDeviation: Math.sqrt(squares / count),
    percentiles: PERCENTILES.map((share) => sorted[Math.ceil((share / 100) * count) - 1]!),
  };
}
