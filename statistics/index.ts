export {
  accuracy,
  auc,
  brier,
  classLogLoss,
  clipped,
  hasBothClasses,
  LEAST_PROBABILITY,
  likeliestClass,
  logLoss,
  meanAbsoluteError,
  meanSquaredError,
  pinballLoss,
  rowLogLoss,
  rowPinballLoss,
} from "./metrics.ts";
export { betOnPolicy, PROOF, type Spread, type Wealth } from "./paired/betting.ts";
export { confidenceSequence } from "./paired/confidence-sequence.ts";
export { calibrationExcess } from "./calibration-excess.ts";
export { populationStability } from "./population-stability.ts";
export { differenceByUnit, type ArmRows, type DifferenceByUnit } from "./difference-by-unit.ts";
export { meanByUnit, type MeanByUnit } from "./mean-by-unit.ts";
export { aucInfluences, meanInfluences } from "./paired/influences.ts";
export { offPolicyEstimators } from "./off-policy/estimators/index.ts";
export { normalInterval, type Interval } from "./off-policy/interval.ts";
export { meanOf as meanEstimate } from "./off-policy/logged-rewards.ts";
export type { Estimate, LoggedRewards, ModelledRewards, OffPolicyEstimator } from "./off-policy/logged-rewards.ts";
export {
  addRow,
  changeRow,
  emptySums,
  linearPosterior,
  triangleOf,
  type LinearPosterior,
  type LinearSums,
} from "./ridge.ts";
export { smoothedMeans } from "./off-policy/smoothed-means.ts";
export { supportOf, type Support } from "./off-policy/support.ts";
export {
  momentsOf,
  standardErrorOfMean,
  weightedMean,
  weightedQuantile,
  weightSpread,
  type WeightSpread,
} from "./weights.ts";
export { estimateEpisodes, LEAST_EFFECTIVE_EPISODES, weighEnough } from "./sequential/estimate-episodes.ts";
export type { SequentialEstimate, SequentialEstimates } from "./sequential/estimate-episodes.ts";
export { sequentialEstimators } from "./sequential/estimators/index.ts";
export { effectiveEpisodes, returnsOf, weigh } from "./sequential/logged-episodes.ts";
export type { LoggedEpisodes, SequentialEstimator, WeighedEpisodes } from "./sequential/logged-episodes.ts";
