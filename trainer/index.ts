export type { FittedModel, Learner, LearnerParams, TrainingMatrix } from "./learner.ts";
export { auc, brier, logLoss, meanSquaredError } from "./metrics.ts";
export { createWorkerLearner, type WorkerLearnerOptions } from "./worker-learner.ts";
export { createXgboostLearner } from "./xgboost-learner.ts";
export { readArtifact, sha256, writeArtifact } from "./models/artifacts.ts";
export { moveModel, readModels } from "./models/move-model.ts";
export { readProvenance, type ArtifactProvenance } from "./models/provenance.ts";
export { ScorerCache } from "./models/scorers.ts";
export { scoreRows, type RowsScore } from "./rows/score-rows.ts";
export { treatedText, type TreatedValues } from "./rows/extremes.ts";
export { hashRows, newestRows } from "./rows/hash-rows.ts";
export { keepNewest } from "./rows/keep-newest.ts";
export { leftOutText, LeftOutRows, type LeftOut } from "./rows/left-out.ts";
export { readRows, withRowsOn, type RowsRead, type RowsReading } from "./rows/read-rows.ts";
export { rowsInOrder, type OrderOptions } from "./rows/rows-in-order.ts";
export type { Spill } from "./rows/spill.ts";
export type { Rebuilt } from "./rebuild.ts";
export {
  Trainer,
  type NotLearnt,
  type TrainerOptions,
  type TrainRequest,
  type TrainResult,
  type TrainerTables,
} from "./trainer.ts";
export { cronDue, freshRowsDue } from "./triggers.ts";
export { evaluate } from "./evaluate.ts";
