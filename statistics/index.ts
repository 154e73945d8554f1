export { auc, brier, logLoss, meanSquaredError } from "./metrics.ts";
