import type { TrainingMatrix } from "../rows/index.ts";
import { parentPort } from "node:worker_threads";
import type { FittedModel, LearnerParams } from "./learner.ts";
import { createXgboostLearner } from "./xgboost-learner.ts";

/** The one message a worker gets. */
export interface FitRequest {
  readonly train: TrainingMatrix;
  readonly holdout: TrainingMatrix;
  readonly params: LearnerParams;
  readonly metadata: Readonly<Record<string, string>>;
}

/** What a worker sends: any number of `progress`, then one of the others. */
export type FitReply =
  | { readonly kind: "progress"; readonly done: number; readonly total: number }
  | { readonly kind: "fitted"; readonly fitted: FittedModel }
  | { readonly kind: "failed"; readonly message: string; readonly cause: string };

parentPort?.once("message", (request: FitRequest) => void fit(request));

async function fit({ train, holdout, params, metadata }: FitRequest): Promise<void> {
  const send = (message: FitReply, moved: ArrayBuffer[] = []): void => parentPort?.postMessage(message, moved);
  try {
    const fitted = await createXgboostLearner().fit(train, holdout, params, metadata, (done, total) =>
      send({ kind: "progress", done, total }),
    );
    const moved = [fitted.onnx.buffer, fitted.predictions.buffer].filter((buffer) => buffer instanceof ArrayBuffer);
    send({ kind: "fitted", fitted }, moved);
  } catch (error) {
    const text = error instanceof Error ? error : new Error(String(error));
    send({ kind: "failed", message: text.message, cause: text.stack ?? text.message });
  }
}
