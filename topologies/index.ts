export type { Scope } from "../operators/index.ts";
export { posteriorTopology } from "./posterior-topology.ts";
export { allMemoryEdges, decisionTopology, type DecisionTopologyOptions } from "./decision-topology.ts";
export { episodeTopology } from "./episode-topology.ts";
