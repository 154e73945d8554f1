import type { TrainingMatrix } from "../rows/index.ts";
import { Worker } from "node:worker_threads";
import type { FittedModel, Learner } from "./learner.ts";
import type { FitReply, FitRequest } from "./fit-worker.ts";

export interface WorkerLearnerOptions {
  /**
   * Moves the matrices' arrays into the worker instead of copying them: halves the memory, and leaves the caller's
   * arrays empty. Off by default, as then a matrix can be fitted twice. Arrays over a SharedArrayBuffer are shared
   * either way.
   */
  readonly transfer?: boolean;
}

/** Gradient-boosted trees in a worker thread of their own, one a fit; the caller's event loop stays free. */
export function createWorkerLearner(options: WorkerLearnerOptions = {}): Learner {
  return {
    name: "xgboost",
    async fit(train, holdout, params, metadata, onProgress) {
      const request: FitRequest = { train: compact(train), holdout: compact(holdout), params, metadata };
      const worker = new Worker(new URL("./fit-worker.ts", import.meta.url));
      try {
        worker.postMessage(request, options.transfer ? buffers(request) : []);
        return await reply(worker, onProgress);
      } finally {
        await worker.terminate();
      }
    },
  };
}

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
        return reject(new Error(message.message, { cause: message.cause }));
    }
  });
  worker.on("error", reject);
  worker.on("exit", (code) => reject(new Error(`the training worker ended with code ${code} before it had a model`)));
  return promise;
}

/** A posted view drags its whole buffer along: cut out the part that is meant. */
function compact(matrix: TrainingMatrix): TrainingMatrix {
  const cut = (values: Float32Array): Float32Array =>
    values.byteLength === values.buffer.byteLength || values.buffer instanceof SharedArrayBuffer
      ? values
      : values.slice();
  const { features, labels, weights, rows, columns } = matrix;
  return { features: cut(features), labels: cut(labels), ...(weights && { weights: cut(weights) }), rows, columns };
}

/** Each buffer once: train and holdout may share arrays, and none can be moved twice. */
function buffers({ train, holdout }: FitRequest): ArrayBuffer[] {
  const arrays = [train, holdout].flatMap(({ features, labels, weights }) => [features, labels, weights ?? []]);
  const moved = arrays.flatMap((values) =>
    values instanceof Float32Array && values.buffer instanceof ArrayBuffer ? [values.buffer] : [],
  );
  return [...new Set(moved)];
}
