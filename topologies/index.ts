export { allMemoryEdges, decisionTopology, type DecisionTopologyOptions } from "./decision-topology.ts";
export { openTools, startLoop, type Loop, type LoopOptions, type Tools } from "./loop.ts";
