import type { Worker } from "node:worker_threads";
import { DomainError } from "../../schemas/index.ts";
import type { FitReply, WorkerRequest } from "./fit-worker.ts";
import { leaveWorker, takeWorker } from "./idle-worker.ts";

/**
 * Has a worker thread fit something. The worker is kept for the next fit for some seconds, unless this one was large or failed.
 *
 * @param numbers of its matrices: the memory of a large fit is given back at once
 */
export async function askWorker<Fitted>(
  message: WorkerRequest,
  numbers: number,
  onProgress?: (done: number, total: number) => void,
): Promise<Fitted> {
  const worker = takeWorker();
  try {
    worker.postMessage(message);
    const fitted = await reply<Fitted>(worker, onProgress);
    if (numbers > MOST_KEPT) await worker.terminate();
    else await leaveWorker(worker);
    return fitted;
  } catch (error) {
    await worker.terminate();
    throw error;
  }
}

const MOST_KEPT = 10_000_000;

function reply<Fitted>(worker: Worker, onProgress?: (done: number, total: number) => void): Promise<Fitted> {
  const { promise, resolve, reject } = Promise.withResolvers<Fitted>();
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
        return resolve(message.fitted as Fitted);
      case "failed":
        return reject(new DomainError("TRAINING_FAILED", message.message, message.cause));
    }
  };
  const ended = (code: number): void =>
    reject(new DomainError("TRAINING_FAILED", `the training worker ended with code ${code} before it had a model`));
  worker.on("message", heard).on("error", reject).on("exit", ended);
  return promise.finally(() => worker.off("message", heard).off("error", reject).off("exit", ended));
}
