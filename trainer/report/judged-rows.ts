/** Held-out rows with their labels and predictions. */
export interface JudgedRows {
  readonly predictions: Float32Array;
  readonly labels: Float32Array;
  readonly weights?: Float32Array | undefined;
}
