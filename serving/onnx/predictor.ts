/** What runs a model; who calls it has checked the lengths. */
export interface Predictor {
  readonly columns: number;
  predict(features: Float32Array, rows: number): Float32Array | Promise<Float32Array>;
  release(): Promise<void>;
}
