/** Runs a model. The caller has checked the lengths. */
export interface Predictor {
  readonly columns: number;
  readonly outputs: readonly string[];
  /** Memory that it holds, about. */
  readonly bytes: number;
  /** @returns for each output one float32 a row */
  predict(features: Float32Array, rows: number): readonly Float32Array[] | Promise<readonly Float32Array[]>;
  release(): Promise<void>;
}
