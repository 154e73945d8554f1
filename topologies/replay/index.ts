export { besideLive } from "./replay-topics.ts";
export { ReplayError, type ReplayRequest } from "./plan.ts";
export { replay, type ReplayOptions, type ReplayResult, type ReplayStep } from "./replay.ts";
export type { ReplayCounts } from "./replay-summary.ts";
