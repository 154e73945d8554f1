export { formerDecisionSchema, withoutKeys, type FormerDecision } from "./former-decisions.ts";
export { DomainError, domainErrors, type DomainErrorCode } from "./errors.ts";
export { defaultSalt } from "./default-salt.ts";
export { formerState } from "./former-state.ts";
export { recordLimits } from "./limits.ts";
export * from "./topics.ts";
export type * from "./types/index.ts";
export { decisionModes, decisionReasons, leftOutKinds, modelStateNames, rowMaturities } from "./types/index.ts";
export type { EpisodeState, EpisodeStep } from "./episode-step.ts";
