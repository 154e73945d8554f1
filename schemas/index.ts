export { formerDecisionSchema, withoutKeys, type FormerDecision } from "./former-decisions.ts";
export { formerState } from "./former-state.ts";
export { recordLimits } from "./limits.ts";
export * from "./topics.ts";
export type * from "./types.ts";
