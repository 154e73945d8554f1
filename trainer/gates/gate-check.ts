import type { Metric } from "../../blueprints/index.ts";

type Metrics = Readonly<Record<string, number>>;

/** The facts by which a candidate is judged. */
export interface Evidence {
  /** The metric that the blueprint names. */
  readonly metric: Metric;
  /** Newest rows, that the candidate was not trained on. All metrics are of them. */
  readonly holdoutRows: number;
  /** Sum of their weights, by which the metrics are means; absent: all rows count the same. */
  readonly holdoutWeight?: number | undefined;
  readonly candidate: Metrics;
  /** Of a model that predicts the mean of the training labels for everything. */
  readonly constant: () => Metrics;
  /** The model that was in production when the candidate was evaluated. */
  readonly rival: { readonly modelId: string; readonly metrics: Metrics } | undefined;
  /** The model that is in production now. */
  readonly inProduction: string | undefined;
}

export interface CheckVerdict {
  readonly passed: boolean;
  /** With the figures, for the model's record. */
  readonly reason: string;
}

/** One of the checks that a candidate passes before it goes to production. */
export interface GateCheck {
  readonly name: string;
  /** Pure. `undefined`: the evidence is none for this check, and another one says why. */
  verdict(evidence: Evidence): CheckVerdict | undefined;
}
