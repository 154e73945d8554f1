export { BESIDE_LIVE, courtesy } from "./courtesy.ts";
export { besideLive } from "./replay-topics.ts";
export { ORPHAN_MS, ReplayError, type ReplayRequest } from "./plan.ts";
export type { NewerRecords } from "./newer.ts";
export { removeReplay, type RemovedReplay } from "./remove-replay.ts";
export { replay, type ReplayResult } from "./replay.ts";
export { replayPlace, type ReplayOptions, type ReplayStep } from "./replay-options.ts";
export type { ReplayCounts } from "./replay-summary.ts";
