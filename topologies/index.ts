export type { Scope } from "../operators/index.ts";
export { allMemoryEdges, decisionTopology, type DecisionTopologyOptions } from "./decision-topology.ts";
