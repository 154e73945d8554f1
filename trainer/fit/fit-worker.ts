import { parentPort } from "node:worker_threads";
import type { FitRequest, FittedModel } from "./fit.ts";
import { fitModel } from "./fit-model.ts";
import { lowerPriority } from "./low-priority.ts";
import { brokenPromise } from "../../streams/index.ts";

/** A message that a worker gets; the next one comes when it has replied. */
export interface WorkerRequest {
  /** URL of the file that registers the learner. */
  readonly module: string;
  readonly request: FitRequest;
}

/** Messages of a worker: any number of `progress`, then one of the others. */
export type FitReply =
  | { readonly kind: "progress"; readonly done: number; readonly total: number }
  | { readonly kind: "fitted"; readonly fitted: FittedModel }
  | { readonly kind: "failed"; readonly message: string; readonly cause: string };

lowerPriority();
parentPort?.on("message", (message: WorkerRequest) => void fit(message));

async function fit({ module, request }: WorkerRequest): Promise<void> {
  const send = (message: FitReply, moved: ArrayBuffer[] = []): void => parentPort?.postMessage(message, moved);
  try {
    await import(module);
    const fitted = await fitModel(request, (done, total) => send({ kind: "progress", done, total }));
    const { onnx, predictions, further } = fitted;
    const moved = [onnx, predictions, ...further]
      .map(({ buffer }) => buffer)
      .filter((buffer) => buffer instanceof ArrayBuffer);
    send({ kind: "fitted", fitted }, [...new Set(moved)]);
  } catch (error) {
    const text = error instanceof Error ? error : brokenPromise(String(error));
    send({ kind: "failed", message: text.message, cause: text.stack ?? text.message });
  }
}
