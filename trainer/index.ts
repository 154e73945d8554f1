export { compareShadow, type Flip, type ShadowFigures } from "./compare-shadow.ts";
export { failsTrial } from "./ladder/checks/index.ts";
export { gatherEvidence } from "./ladder/gather-evidence.ts";
export { judgeStep, type StepVerdict } from "./ladder/judge-step.ts";
export type { Failure, Trial } from "./ladder/ladder-check.ts";
export { gatherWatched } from "./ladder/watched/gather-watched.ts";
export { judgeWatched, type WatchVerdict } from "./ladder/watched/judge-watched.ts";
export { episodeDefaults } from "./episodes/episode-learner.ts";
export type { EpisodeFit, EpisodeLearner, LearntValues } from "./episodes/episode-learner.ts";
export { checkSteps, endedEpisodes, type EpisodeSteps } from "./episodes/episode-steps.ts";
export { evaluateByCells, evaluateByTrees, loggedEpisodes } from "./episodes/fitted-q-evaluation.ts";
export type { ActionValues, QEvaluation, TargetPolicy } from "./episodes/fitted-q-evaluation.ts";
export { judgeProposal, type ProposalVerdict } from "./episodes/judge.ts";
export { episodeLearners } from "./episodes/learners/index.ts";
export { fitInWorker } from "./fit/fit-in-worker.ts";
export { fitModel } from "./fit/fit-model.ts";
export type { Fit, FitRequest, FittedModel } from "./fit/fit.ts";
export { registerLearner } from "./learners/index.ts";
export type { FitColumn, FitInput, FitLabel, Learner, LearntModel } from "./learners/learner.ts";
export type { Distribution, LabelFigures } from "./prediction-pairs.ts";
export { readProvenance, type ArtifactProvenance } from "./models/provenance.ts";
export { importModel, type ImportRequest, type ImportResult } from "./import/import-model.ts";
export { rewriteModel, type ServedOutput } from "./onnx/rewrite-model.ts";
export { servedFigures, type ServedFigures } from "./served/served-figures.ts";
export { servedModels, type ServedModel } from "./served/served-models.ts";
export { scoreRows, type RowsScore } from "./score-rows.ts";
export { rebuildModel, type Rebuilt } from "./rebuild.ts";
export type { NotLearnt } from "./labelled-rows.ts";
export { trainModel } from "./train-model.ts";
export type { TrainRequest, TrainResult } from "./models/train-request.ts";
export { trainingDue } from "./training-due.ts";
export type { Lacking, TrainingTables, TrainingTools } from "./training-tools.ts";
export { cronDue, freshRowsDue } from "./triggers.ts";
export { figureText } from "./figure-text.ts";
export { weightsText } from "./weights-text.ts";
export { evaluate } from "./evaluate.ts";
export {
  encodeModel,
  type Attribute,
  type ConstantTensor,
  type Graph,
  type GraphNode,
  type GraphTensor,
} from "./onnx/index.ts";
