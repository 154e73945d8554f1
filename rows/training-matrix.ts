/** A table to learn from or to predict, with rows in the order of their use. */
export interface TrainingMatrix {
  /** rows × columns float32, row-major; NaN = missing, infinities are refused */
  readonly features: Float32Array;
  /** one a row: 0 or 1 (binary), or a value in the label's unit (regression); no NaN */
  readonly labels: Float32Array;
  /** one a row, not negative; all 1 when absent */
  readonly weights?: Float32Array;
  readonly rows: number;
  readonly columns: number;
}
