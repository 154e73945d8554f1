import { Worker } from "node:worker_threads";
import type { TrainingMatrix } from "../../rows/index.ts";
import { learnerNamed } from "../learners/index.ts";
import type { Fit, FittedModel } from "./fit.ts";
import { fitModel } from "./fit-model.ts";
import type { FitReply, WorkerRequest } from "./fit-worker.ts";
import { DomainError } from "../../schemas/index.ts";

/**
 * In a worker thread of its own, one a fit, of low priority where threads have one; the caller's event loop stays free. Arrays over a SharedArrayBuffer are shared with it, others are copied.
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
  const worker = new Worker(new URL("./fit-worker.ts", import.meta.url));
  try {
    worker.postMessage(message);
    return await reply(worker, onProgress);
  } finally {
    await worker.terminate();
  }
};

function reply(worker: Worker, onProgress?: (done: number, total: number) => void): Promise<FittedModel> {
  const { promise, resolve, reject } = Promise.withResolvers<FittedModel>();
  worker.on("message", (message: FitReply) => {
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
  });
  worker.on("error", reject);
  worker.on("exit", (code) =>
    reject(new DomainError("TRAINING_FAILED", `the training worker ended with code ${code} before it had a model`)),
  );
  return promise;
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
