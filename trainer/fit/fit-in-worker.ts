import type { Worker } from "node:worker_threads";
import type { TrainingMatrix } from "../../rows/index.ts";
import { learnerNamed } from "../learners/index.ts";
import type { Fit, FittedModel } from "./fit.ts";
import { fitModel } from "./fit-model.ts";
import type { FitReply, WorkerRequest } from "./fit-worker.ts";
import { leaveWorker, takeWorker } from "./idle-worker.ts";
import { DomainError } from "../../schemas/index.ts";

/**
 * In a worker thread, one fit at a time in each, of low priority where threads have one; the caller's event loop stays free. Arrays over a SharedArrayBuffer are shared with it, others are copied.
 * A worker whose fit was small is kept for the next one for some seconds; one whose fit failed is not.
 * A learner that says no file to import it from is fitted on the calling thread.
 */
export const fitInWorker: Fit = async (request, onProgress) => {
  const { module } = learnerNamed(request.model.learner);
  if (module === undefined) return fitModel(request, onProgress);
  const { train, holdout, further } = request;
  const others = further?.map((one) => ({ ...one, values: cut(one.values), holdout: compact(one.holdout) }));
  const message: WorkerRequest = {
    module,
    request: { ...request, train: compact(train), holdout: compact(holdout), further: others },
  };
  const worker = takeWorker();
  try {
    worker.postMessage(message);
    const fitted = await reply(worker, onProgress);
    if (train.rows * train.columns > MOST_KEPT) await worker.terminate();
    else await leaveWorker(worker);
    return fitted;
  } catch (error) {
    await worker.terminate();
    throw error;
  }
};

/** Numbers of a matrix: the memory of a larger one is given back at once. */
const MOST_KEPT = 10_000_000;

function reply(worker: Worker, onProgress?: (done: number, total: number) => void): Promise<FittedModel> {
  const { promise, resolve, reject } = Promise.withResolvers<FittedModel>();
  const heard = (message: FitReply): void => {
    switch (message.kind) {
      case "progress":
        try {
          onProgress?.(message.done, message.total);
        } catch (error) {
          reject(error);
        }
        return;
      case "fitted":
        return resolve(message.fitted);
      case "failed":
        return reject(new DomainError("TRAINING_FAILED", message.message, message.cause));
    }
  };
  const ended = (code: number): void =>
    reject(new DomainError("TRAINING_FAILED", `the training worker ended with code ${code} before it had a model`));
  worker.on("message", heard).on("error", reject).on("exit", ended);
  return promise.finally(() => worker.off("message", heard).off("error", reject).off("exit", ended));
}

/** A posted view drags its whole buffer along: cut out the part that is meant. */
const cut = (values: Float32Array): Float32Array =>
  values.byteLength === values.buffer.byteLength || values.buffer instanceof SharedArrayBuffer
    ? values
    : values.slice();

function compact(matrix: TrainingMatrix): TrainingMatrix {
  const { features, labels, weights, rows, columns } = matrix;
  return { features: cut(features), labels: cut(labels), ...(weights && { weights: cut(weights) }), rows, columns };
}
