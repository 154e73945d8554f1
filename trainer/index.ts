export type { FittedModel, Learner, LearnerParams, TrainingMatrix } from "./learner.ts";
export { auc, brier, logLoss, meanSquaredError } from "./metrics.ts";
export { createWorkerLearner, type WorkerLearnerOptions } from "./worker-learner.ts";
export { createXgboostLearner } from "./xgboost-learner.ts";
