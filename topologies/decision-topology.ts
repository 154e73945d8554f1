import {
  blueprintTable,
  decide,
  enrich,
  etl,
  eventWindows,
  infer,
  join,
  modelTable,
  monitor,
  type JoinOptions,
  type Scorers,
} from "../operators/index.ts";
import { clock, enriched, joined, scored } from "../schemas/index.ts";
import { defineTopology, type AnyTopic, type Topology } from "../streams/index.ts";

export interface DecisionTopologyOptions {
  /** Names the group's changelogs. */
  readonly name: string;
  readonly scorers: Scorers;
  /** Goes into the seed of every decision: another salt draws other samples. */
  readonly salt: string;
  readonly join?: JoinOptions;
  /** Edges that are passed in memory; the others are real topics. */
  readonly memoryEdges?: readonly AnyTopic[];
}

export const allMemoryEdges: readonly AnyTopic[] = Object.freeze([enriched, scored, joined]);

/** The loop's stream part: requests to decisions and replies, decisions and observations to rows and statistics. */
export function decisionTopology(options: DecisionTopologyOptions): Topology {
  const { name, scorers, salt, memoryEdges = allMemoryEdges } = options;
  return defineTopology({
    name,
    operators: [enrich, infer(scorers), decide(salt), join(options.join), etl, monitor],
    globals: [blueprintTable, modelTable, eventWindows],
    memoryEdges,
    clock,
  });
}
