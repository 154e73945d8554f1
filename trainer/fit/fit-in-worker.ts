import type { TrainingMatrix } from "../../rows/index.ts";
import { learnerNamed } from "../learners/index.ts";
import type { Fit, FittedModel } from "./fit.ts";
import { fitModel } from "./fit-model.ts";
import { askWorker } from "./ask-worker.ts";
import type { WorkerRequest } from "./fit-worker.ts";

/**
 * In a worker thread, one fit at a time in each, of low priority where threads have one; the caller's event loop stays free. Arrays over a SharedArrayBuffer are shared with it, others are copied.
 * A learner that says no file to import it from is fitted on the calling thread.
 */
export const fitInWorker: Fit = async (request, onProgress) => {
  const { module } = learnerNamed(request.model.learner);
  if (module === undefined) return fitModel(request, onProgress);
  const { train, holdout, further } = request;
  const others = further?.map((one) => ({ ...one, values: cut(one.values), holdout: compact(one.holdout) }));
  const message: WorkerRequest = {
    kind: "rows",
    module,
    request: { ...request, train: compact(train), holdout: compact(holdout), further: others },
  };
  return askWorker<FittedModel>(message, train.rows * train.columns, onProgress);
};

/** A posted view drags its whole buffer along: cut out the part that is meant. */
const cut = (values: Float32Array): Float32Array =>
  values.byteLength === values.buffer.byteLength || values.buffer instanceof SharedArrayBuffer
    ? values
    : values.slice();

function compact(matrix: TrainingMatrix): TrainingMatrix {
  const { features, labels, weights, rows, columns } = matrix;
  return { features: cut(features), labels: cut(labels), ...(weights && { weights: cut(weights) }), rows, columns };
}
