export type { FittedModel, Learner, LearnerParams } from "./learner.ts";
export { createWorkerLearner, type WorkerLearnerOptions } from "./worker-learner.ts";
export { createXgboostLearner } from "./xgboost-learner.ts";
export { readProvenance, type ArtifactProvenance } from "./models/provenance.ts";
export { scoreRows, type RowsScore } from "./score-rows.ts";
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
