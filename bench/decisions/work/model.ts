import { fitModel } from "../../../trainer/index.ts";
import type { TrainingMatrix } from "../../../rows/index.ts";
import { random } from "./random.ts";
import { MODEL_FEATURES } from "./topics.ts";

const ROWS = 40_000;

/** 100 trees of depth 6 over 50 features, learned by the project's own trainer from seeded rows: always the same file. */
export async function trainModel(): Promise<Uint8Array> {
  const next = random(1);
  const features = Float32Array.from({ length: ROWS * MODEL_FEATURES }, () => next() * 2 - 1);
  const labels = new Float32Array(ROWS);
  for (let row = 0; row < ROWS; row++) {
    const at = row * MODEL_FEATURES;
    let margin = 0;
    for (let i = 0; i < MODEL_FEATURES; i++)
      margin += features[at + i]! * features[at + ((i * 7 + 3) % MODEL_FEATURES)]!;
    labels[row] = next() < 1 / (1 + Math.exp(-margin)) ? 1 : 0;
  }
  const train: TrainingMatrix = { features, labels, rows: ROWS, columns: MODEL_FEATURES };
  const none: TrainingMatrix = { ...train, features: new Float32Array(0), labels: new Float32Array(0), rows: 0 };
  const model = {
    objective: "binary" as const,
    learner: "xgboost" as const,
    depth: 6,
    rounds: 100,
    learningRate: 0.1,
    minChildWeight: 0,
    subsample: 1,
    colsample: 1,
    margin: "none" as const,
    marginBins: 1,
    marginL2: 20,
    monotone: "none" as const,
    l2: 1,
    maxBins: 256,
    seed: 1,
  };
  const label = { name: "prediction", objective: model.objective };
  return (await fitModel({ train, holdout: none, label, model, metadata: { model: "bench" } })).onnx;
}
