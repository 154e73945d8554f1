import { openGraph } from "./graph/graph-model.ts";
import { readOnnxMetadata } from "./onnx/onnx-metadata.ts";
import { openOnnxModel } from "./onnx/onnx-session.ts";
import type { Predictor } from "./onnx/predictor.ts";
import { readTreeModels, type TreeModel } from "./trees/tree-model.ts";
import { brokenPromise } from "../streams/index.ts";

/** A loaded model. It holds memory until `release`, or the last reference to it is gone. */
export interface Scorer {
  /** number of features a row has */
  readonly columns: number;
  /** the names of its outputs, in their order: the labels that it predicts */
  readonly outputs: readonly string[];
  /** the strings the trainer wrote into the file */
  readonly metadata: Readonly<Record<string, string>>;
  /** Memory that it holds, about. */
  readonly bytes: number;
  /**
   * One prediction for each row and output. Its bits do not depend on the other rows. The work is done on the calling
   * thread: thousands of rows block the event loop for milliseconds, so big batches belong in a worker.
   *
   * @param features rows × columns float32, row-major, NaN = missing
   * @returns for each output, rows float32
   * @throws StreamsError `BROKEN_PROMISE` when the lengths disagree, and after `release`
   */
  score(features: Float32Array, rows: number): Promise<readonly Float32Array[]>;
  /**
   * All rows in one run of the file. Of a graph that `score` runs row by row, to see whether its rows have to do with each other;
   * absent of all others. Bits may differ by the library's choice of a kernel.
   */
  readonly together?: ((features: Float32Array, rows: number) => Promise<readonly Float32Array[]>) | undefined;
  /** Frees the memory; a second call does nothing. Let running scores end first. */
  release(): Promise<void>;
}

/** The output of a file with one output, which names the label in its metadata. */
const PREDICTION = "prediction";

/** Bytes of the smallest model's objects. */
const OVERHEAD = 16 * 1024;

/**
 * Loads an ONNX file with one input float[N, columns] and outputs float[N, 1]. Each output has the name of the label
 * that it predicts. A single output `prediction` predicts the label in the metadata's key `label`. A file of trees
 * alone is walked here, a graph of the operators in serving/graph/ is run here, and any other by ONNX Runtime
 * (docs/decisions/012, 072).
 *
 * @throws DomainError `BAD_MODEL` when the bytes are not such a file
 */
export async function loadScorer(onnx: Uint8Array): Promise<Scorer> {
  const model = await open(onnx);
  const { columns } = model;
  const metadata = readOnnxMetadata(onnx);
  const outputs =
    model.outputs.length === 1 && model.outputs[0] === PREDICTION ? [metadata["label"] ?? PREDICTION] : model.outputs;
  let released = false;
  return {
    columns,
    outputs,
    metadata,
    together: model.together,
    bytes: model.bytes + OVERHEAD + Object.values(metadata).reduce((sum, { length }) => sum + length, 0),
    async score(features, rows) {
      if (released) throw brokenPromise("this scorer was released; load the model again before scoring with it");
      if (!Number.isInteger(rows) || rows < 0 || features.length !== rows * columns) {
        throw brokenPromise(`${features.length} features are not ${rows} rows × the model's ${columns} columns`);
      }
      return rows === 0 ? outputs.map(() => new Float32Array(0)) : model.predict(features, rows);
    },
    async release() {
      if (released) return;
      released = true;
      await model.release();
    },
  };
}

function open(onnx: Uint8Array): Predictor | Promise<Predictor> {
  const trees = openTrees(onnx);
  if (trees !== undefined) return trees;
  const graph = openGraph(onnx);
  return typeof graph === "string" ? openOnnxModel(onnx, graph) : graph;
}

function openTrees(onnx: Uint8Array): Predictor | undefined {
  const models = readTreeModels(onnx);
  if (models === undefined) return undefined;
  return {
    columns: models[0]!.trees.columns,
    outputs: models.map(({ output }) => output),
    bytes: models.reduce((sum, { trees }) => sum + trees.bytes, 0),
    predict: (features, rows) => models.map((model) => predictTrees(model, features, rows)),
    release: () => Promise.resolve(),
  };
}

function predictTrees({ trees, sigmoid }: TreeModel, features: Float32Array, rows: number): Float32Array {
  const predictions = trees.sums(features, rows);
  if (sigmoid) for (let row = 0; row < rows; row++) predictions[row] = 1 / (1 + Math.exp(-predictions[row]!));
  return predictions;
}
