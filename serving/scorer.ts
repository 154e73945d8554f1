import { InferenceSession, Tensor } from "onnxruntime-node";
import { readOnnxMetadata } from "./onnx-metadata.ts";

/** A loaded model. It holds native memory (a few megabytes) until `release`. */
export interface Scorer {
  /** number of features a row has */
  readonly columns: number;
  /** the strings the trainer wrote into the file */
  readonly metadata: Readonly<Record<string, string>>;
  /**
   * One prediction a row. The runtime works on the calling thread: thousands of rows block the event loop for
   * milliseconds, so big batches belong in a worker.
   *
   * @param features rows × columns float32, row-major, NaN = missing
   * @returns rows float32
   * @throws RangeError when the lengths disagree, Error after `release`
   */
  score(features: Float32Array, rows: number): Promise<Float32Array>;
  /** Frees the native memory; a second call does nothing. Let running scores end first. */
  release(): Promise<void>;
}

/**
 * Loads an ONNX file with one input float[N, columns] and one output float[N, 1].
 *
 * @throws Error when the bytes are not such a file
 */
export async function loadScorer(onnx: Uint8Array): Promise<Scorer> {
  const session = await openSession(onnx);
  const { input, output, columns } = await signature(session);
  const metadata = readOnnxMetadata(onnx);
  let released = false;
  return {
    columns,
    metadata,
    async score(features, rows) {
      if (released) throw new Error("this scorer was released; load the model again before scoring with it");
      if (!Number.isInteger(rows) || rows < 0 || features.length !== rows * columns) {
        throw new RangeError(`${features.length} features are not ${rows} rows × the model's ${columns} columns`);
      }
      if (rows === 0) return new Float32Array(0);
      const results = await session.run({ [input]: new Tensor("float32", features, [rows, columns]) });
      const predictions = results[output]?.data;
      if (!(predictions instanceof Float32Array) || predictions.length !== rows) {
        throw new Error(`the model's output ${output} is not one float32 a row; train it again with this version`);
      }
      return predictions;
    },
    async release() {
      if (released) return;
      released = true;
      await session.release();
    },
  };
}

async function openSession(onnx: Uint8Array): Promise<InferenceSession> {
  try {
    return await InferenceSession.create(onnx, {
      intraOpNumThreads: 1,
      interOpNumThreads: 1,
      executionMode: "sequential",
      logSeverityLevel: 3,
    });
  } catch (cause) {
    throw new Error(`these ${onnx.length} bytes do not load as an ONNX model; publish the model again`, { cause });
  }
}

async function signature(session: InferenceSession): Promise<{ input: string; output: string; columns: number }> {
  const input = session.inputNames[0];
  const output = session.outputNames[0];
  const shape = session.inputMetadata[0];
  const columns = shape?.isTensor ? shape.shape[1] : undefined;
  if (session.inputNames.length === 1 && input !== undefined && output !== undefined && typeof columns === "number") {
    return { input, output, columns };
  }
  await session.release();
  throw new Error(`a model needs one input float[N, columns]; this one has ${session.inputNames.join(", ") || "none"}`);
}
