import { parentPort } from "node:worker_threads";
import type { EpisodesRequest, FittedEpisodes } from "../episodes/fit-episodes.ts";
import type { FitRequest, FittedModel } from "./fit.ts";
import { fitModel } from "./fit-model.ts";
import { lowerPriority } from "./low-priority.ts";
import { brokenPromise } from "../../streams/index.ts";

/** A message that a worker gets; the next one comes when it has replied. */
export type WorkerRequest =
  | {
      readonly kind: "rows";
      /** URL of the file that registers the learner. */
      readonly module: string;
      readonly request: FitRequest;
    }
  | { readonly kind: "episodes"; readonly request: EpisodesRequest };

/** Messages of a worker: any number of `progress`, then one of the others. */
export type FitReply =
  | { readonly kind: "progress"; readonly done: number; readonly total: number }
  | { readonly kind: "fitted"; readonly fitted: FittedModel | FittedEpisodes }
  | { readonly kind: "failed"; readonly message: string; readonly cause: string };

lowerPriority();
parentPort?.on("message", (message: WorkerRequest) => void fit(message));

type Send = (message: FitReply, moved?: readonly ArrayBuffer[]) => void;

async function fit(message: WorkerRequest): Promise<void> {
  const send: Send = (reply, moved = []) => parentPort?.postMessage(reply, [...moved]);
  const onProgress = (done: number, total: number): void => send({ kind: "progress", done, total });
  try {
    if (message.kind === "episodes") {
      const { fitEpisodes } = await import("../episodes/fit-episodes.ts");
      return send({ kind: "fitted", fitted: await fitEpisodes(message.request, onProgress) });
    }
    await import(message.module);
    const fitted = await fitModel(message.request, onProgress);
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
