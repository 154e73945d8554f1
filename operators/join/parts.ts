import { blueprintTable, validBlueprints } from "../../catalogue/index.ts";
import type { CompiledBlueprint } from "../../blueprints/index.ts";
import { events, joined, observationMisfits, type DecisionRecorded, type Joined } from "../../schemas/index.ts";
import { StreamsError, type Context, type StreamRecord } from "../../streams/index.ts";
import { decidedStore, moreStore, nameStore, pendingStore } from "./stores.ts";

export interface JoinTimes {
  /**
   * How long, in milliseconds of event time, an observation waits for its decision, and a closed decision remembers that it was
   * there. What comes later can't be told from an observation of nothing.
   */
  readonly orphanMs: number;
  /** What becomes of an observation whose decision never came. Default a dead letter. */
  readonly orphans?: "bury" | "drop";
  /** False: observations are no events here. Where decisions are made again, the events of their observations are on the topic already. */
  readonly events?: false;
  /** False: nobody is told what observations say that counts for nothing. */
  readonly misfits?: false;
}

/** What every part of the join works with. */
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

/** Its record is there and this release can't read it: what it asks for is made when a release that can is back. */
export function isUnreadable({ useCase, blueprintVersion }: DecisionRecorded, context: JoinContext): boolean {
  return validBlueprints(context.globals.blueprints).problem(useCase, blueprintVersion) !== undefined;
}

const SOONEST_MS = 1_000;
const LATEST_MS = 600_000;

/** When a decision of a blueprint that can't be read is looked at again, in event time: the longer it waits, the more seldom. */
export function triedAgainAt({ decisionTime }: DecisionRecorded, time: number): number {
  return time + Math.min(LATEST_MS, Math.max(SOONEST_MS, Math.floor((time - decisionTime) / 10)));
}

export const goneBlueprint = (decision: DecisionRecorded): StreamsError =>
  new StreamsError(
    "HANDLER_FAILED",
    `decision ${decision.decisionId} was made by blueprint ${decision.useCase}/${decision.blueprintVersion}, which is not on the blueprints topic`,
  );
