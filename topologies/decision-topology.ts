import { blueprintTable, modelTable } from "../catalogue/index.ts";
import {
  decide,
  enrichWithin,
  etl,
  eventWindows,
  eventWindowsIn,
  eventWindowsOf,
  eventWindowsTelling,
  infer,
  join,
  joinDefaults,
  monitorOf,
  posteriorStates,
  restate,
  tableContent,
  type FarWindows,
  type JoinOptions,
  type Scope,
  type Scorers,
  type TellMisfit,
} from "../operators/index.ts";
import {
  clock,
  decisions,
  enriched,
  joined,
  observationMisfits,
  otherReplies,
  restatedDecisions,
  scored,
} from "../schemas/index.ts";
import { defineTopology, type AnyTopic, type Topology } from "../streams/index.ts";

export interface DecisionTopologyOptions {
  /** Name of the group's changelogs. */
  readonly name: string;
  readonly scorers: Scorers;
  /** Part of the seed of every decision: another salt draws other samples. */
  readonly salt: string;
  readonly join?: JoinOptions | undefined;
  /** Prefix of the names of other topics that replies may go to. Default `decision-replies-`. */
  readonly replyPrefix?: string | undefined;
  /** Edges that are passed in memory; the others are real topics. */
  readonly memoryEdges?: readonly AnyTopic[] | undefined;
  /** Makes decisions again instead of taking part in the live group: run it over a side view. */
  readonly scope?: Scope | undefined;
  /** How long a decision made again waits for the live one, event time in ms. Default 0: it is there, or there is none. */
  readonly livePatienceMs?: number | undefined;
  /** False: no hourly statistics. */
  readonly statistics?: boolean | undefined;
  /** Called for entries that count for nothing. Default: only the hourly statistics count them. */
  readonly tellMisfit?: TellMisfit | undefined;
  /** Windows that other instances have. Absent: all are whole here. */
  readonly far?: FarWindows | undefined;
}

export const allMemoryEdges: readonly AnyTopic[] = Object.freeze([enriched, scored, joined, observationMisfits]);

/**
 * The loop's stream part: from requests to decisions and replies, and from decisions and observations to rows and
 * statistics. With a scope, its decisions are made again and no reply is sent. A version other than the live one also
 * reads the live decisions, so that rows have the live actions.
 */
export function decisionTopology(options: DecisionTopologyOptions): Topology {
  const { name, scorers, salt, memoryEdges = allMemoryEdges, scope, replyPrefix, statistics = true } = options;
  const { tellMisfit, livePatienceMs, far } = options;
  const edges = statistics ? memoryEdges : memoryEdges.filter((edge) => edge !== observationMisfits);
  const restating = scope?.blueprintVersion !== undefined;
  const made = restating ? restatedDecisions : decisions;
  const joining: JoinOptions = {
    ...joinDefaults,
    ...options.join,
    decisions: made,
    // Most observations may belong to decisions outside the scope.
    ...(statistics ? {} : { misfits: false as const }),
    ...(scope === undefined ? {} : { orphans: "drop", events: false }),
  };
  return defineTopology({
    name,
    operators: [
      enrichWithin(scope, far),
      infer(scorers),
      decide(
        salt,
        replyPrefix === undefined ? otherReplies : { ...otherReplies, prefix: replyPrefix },
        // The live loop may have shown any of them.
        restating ? "all" : "shown",
      ),
      ...(restating ? [restate(scope, livePatienceMs)] : []),
      join(joining),
      etl,
      ...(statistics ? [monitorOf(made, tellMisfit)] : []),
    ],
    globals: [blueprintTable, modelTable, windowsOf(scope, tellMisfit, far), tableContent, posteriorStates],
    memoryEdges: restating ? [...edges, restatedDecisions] : edges,
    clock,
  });
}

function windowsOf(
  scope: Scope | undefined,
  tell: TellMisfit | undefined,
  far: FarWindows | undefined,
): typeof eventWindows {
  if (scope?.blueprintVersion !== undefined) return eventWindowsOf(scope.useCase, scope.blueprintVersion);
  const windows = far === undefined ? eventWindows : eventWindowsIn(far.shares);
  return tell === undefined ? windows : eventWindowsTelling(tell, windows);
}
