/**
 * Runs the model of a bundle.
 *
 * @param features rows × columns float32, row-major, NaN = missing
 * @returns of each output, by its name, one number a row
 */
export type RunModel = (
  features: Float32Array,
  rows: number,
  columns: number,
) => Promise<Readonly<Record<string, ArrayLike<number>>>>;

/** An `InferenceSession` of onnxruntime-web, or of another ONNX Runtime for JavaScript. */
export interface OnnxSession {
  readonly inputNames: readonly string[];
  run(feeds: Readonly<Record<string, unknown>>): Promise<Readonly<Record<string, { readonly data: unknown }>>>;
}

/** The class `Tensor` of the same library. */
export type TensorClass = new (type: "float32", data: Float32Array, dims: readonly number[]) => unknown;

/** The model by a session of the page's own. Runs wait for each other: a session has one at a time. */
export function runSession(session: OnnxSession, Tensor: TensorClass): RunModel {
  let last: Promise<unknown> = Promise.resolve();
  return (features, rows, columns) => {
    const feeds = { [session.inputNames[0]!]: new Tensor("float32", features, [rows, columns]) };
    const found = last.then(() => session.run(feeds));
    last = found.catch(() => undefined);
    return found.then((results) =>
      Object.fromEntries(Object.entries(results).map(([name, { data }]) => [name, data as Float32Array])),
    );
  };
}
