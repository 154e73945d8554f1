/** What runs a model; who calls it has checked the lengths. */
export interface Predictor {
  readonly columns: number;
  readonly outputs: readonly string[];
  /** @returns of each output one float32 a row */
  predict(features: Float32Array, rows: number): readonly Float32Array[] | Promise<readonly Float32Array[]>;
  release(): Promise<void>;
}
