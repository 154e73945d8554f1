/** Runs a model. The caller has checked the lengths. */
export interface Predictor {
  readonly columns: number;
  readonly outputs: readonly string[];
  /** Memory that it holds, about. */
  readonly bytes: number;
  /** @returns for each output one float32 a row */
  predict(features: Float32Array, rows: number): readonly Float32Array[] | Promise<readonly Float32Array[]>;
  /** All rows in one run, with whatever they do to each other; absent where `predict` does so, or the file takes one row. */
  readonly together?: ((features: Float32Array, rows: number) => Promise<readonly Float32Array[]>) | undefined;
  release(): Promise<void>;
}
