export type { Scope } from "../operators/index.ts";
export { allMemoryEdges, decisionTopology, type DecisionTopologyOptions } from "./decision-topology.ts";
export { openTools, startLoop, type Loop, type LoopOptions, type StateEngineName, type Tools } from "./loop.ts";
export { startSchedules, startTicker, type Running, type ScheduleOptions } from "./schedules.ts";
export { publishBlueprint, withdrawBlueprint, type PublishedVersion } from "./publish-blueprint.ts";
