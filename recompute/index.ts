export { audit, type AuditOptions, type AuditReport } from "./audit.ts";
export type { Difference, DifferenceKind } from "./difference.ts";
export {
  explainDecision,
  type EventPlace,
  type ExplainedFeature,
  type Explanation,
  type FeatureSource,
} from "./explain.ts";
export type { LoggedDecision } from "./logged-decisions.ts";
export type { RecomputeSource } from "./source.ts";
export { evaluatePolicy, type EvaluateOptions } from "./evaluate/evaluate-policy.ts";
export type { Estimated, Evaluation, LeftOutDecisions } from "./evaluate/evaluation.ts";
export type { BanditAction, BanditDecision, NamedValues } from "./bandit/bandit-decision.ts";
export { banditDecisions, type BanditOptions } from "./bandit/bandit-decisions.ts";
export { checkBandit, LeftOutBandits } from "./bandit/left-out-bandits.ts";
export { measureCost, type CostOptions } from "./cost/cost.ts";
export type { CostReport, GroupCost, GroupKind, KeptState, Micros } from "./cost/report.ts";
