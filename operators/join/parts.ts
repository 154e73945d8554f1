import { blueprintTable, validBlueprints } from "../../catalogue/index.ts";
import type { CompiledBlueprint } from "../../blueprints/index.ts";
import {
  type DecisionRecorded,
  DomainError,
  events,
  joined,
  type Joined,
  observationMisfits,
} from "../../schemas/index.ts";
import { type Context, type StreamRecord } from "../../streams/index.ts";
import { decidedStore, moreStore, nameStore, pendingStore } from "./stores.ts";

export interface JoinTimes {
  /**
   * How long, in milliseconds of event time, an observation waits for its decision, and a closed decision is
   * remembered. A later observation can't be told from one of no decision.
   */
  readonly orphanMs: number;
  /** The treatment of an observation whose decision never came. Default a dead letter. */
  readonly orphans?: "bury" | "drop";
  /**
   * False: observations are no events here. When decisions are made again, the events of their observations are on the
   * topic already.
   */
  readonly events?: false;
  /** False: entries that count for nothing are not reported. */
  readonly misfits?: false;
}

/** The inputs, outputs and stores of every part of the join. */
export const parts = {
  out: { joined, events, misfits: observationMisfits },
  state: { pending: pendingStore, decided: decidedStore, more: moreStore, names: nameStore },
  globals: { blueprints: blueprintTable },
} as const;
export type JoinContext = Context<typeof parts.out, typeof parts.state, typeof parts.globals>;

/** @param from the observation that corrects the row. */
export function emit(row: Joined, context: JoinContext, from?: StreamRecord<unknown>): void {
  const { rowTime: time, decision } = row;
  context.emit("joined", {
    key: decision.decisionId,
    value: row,
    time,
    ...(from === undefined ? {} : { from, headers: {} }),
  });
}

export function compiledOf(decision: DecisionRecorded, context: JoinContext): CompiledBlueprint | undefined {
  return validBlueprints(context.globals.blueprints).version(decision.useCase, decision.blueprintVersion);
}

/**
 * Its blueprint record exists and this release can't read it: the row is made when a release that can read it is back.
 */
export function isUnreadable({ useCase, blueprintVersion }: DecisionRecorded, context: JoinContext): boolean {
  return validBlueprints(context.globals.blueprints).problem(useCase, blueprintVersion) !== undefined;
}

const SOONEST_MS = 1_000;
const LATEST_MS = 600_000;

/** Event time of the next look at a decision whose blueprint can't be read: the longer it waits, the more seldom. */
export function triedAgainAt({ decisionTime }: DecisionRecorded, time: number): number {
  return time + Math.min(LATEST_MS, Math.max(SOONEST_MS, Math.floor((time - decisionTime) / 10)));
}

export const goneBlueprint = (decision: DecisionRecorded): DomainError =>
  new DomainError(
    "UNKNOWN_VERSION",
    `decision ${decision.decisionId} was made by blueprint ${decision.useCase}/${decision.blueprintVersion}, which is not on the blueprints topic`,
  );
