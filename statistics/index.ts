export { auc, brier, logLoss, meanSquaredError } from "./metrics.ts";
export { weightedMean, weightSpread, type WeightSpread } from "./weights.ts";
