import { validBlueprints, type CompiledBlueprint } from "../../blueprints/index.ts";
import { decisions, joined, observations, type DecisionRecorded, type Joined } from "../../schemas/index.ts";
import { defineOperator, StreamsError, type Context, type StreamRecord, type Topic } from "../../streams/index.ts";
import { blueprintTable } from "../globals/index.ts";
import {
  addDecision,
  addObservation,
  closeDecision,
  correctedRow,
  joinEnd,
  observationId,
  rowsAtWaitEnd,
  waitEnd,
} from "./logic.ts";
import { nothing, pendingStore } from "./pending.ts";

export interface JoinOptions {
  /**
   * How long, in milliseconds of event time, an observation waits for its decision, and a closed decision remembers that it was
   * there. What comes later can't be told from an observation of nothing.
   */
  readonly orphanMs: number;
  /** Default the topic of decisions. */
  readonly decisions?: Topic<DecisionRecorded>;
  /** What becomes of an observation whose decision never came. Default a dead letter. */
  readonly orphans?: "bury" | "drop";
}

export const joinDefaults: JoinOptions = Object.freeze({ orphanMs: 7 * 24 * 3_600_000 });

const parts = {
  out: { joined },
  state: { pending: pendingStore },
  globals: { blueprints: blueprintTable },
} as const;
type JoinContext = Context<typeof parts.out, typeof parts.state, typeof parts.globals>;

/**
 * Decisions and observations by decision id become labelled decisions: at decision time + the label's wait, from all
 * observations before then in event time; until the join's TTL a late one corrects the row. The result depends on the
 * records alone, not on the order of their arrival.
 */
export const join = (options: JoinOptions = joinDefaults) =>
  defineOperator({
    name: "join",
    ...parts,
    in: { decisions: options.decisions ?? decisions, observations },
    reads: { decisions: pendingKey, observations: pendingKey },
    handlers: {
      decisions(records, context) {
        for (const record of records) {
          const { key, value: decision } = record;
          const compiled = compiledOf(decision, context);
          if (compiled === undefined && !isUnreadable(decision, context)) {
            context.reject(record, goneBlueprint(decision));
            continue;
          }
          const pending = context.state.pending.get(key) ?? nothing;
          const added = addDecision(pending, decision);
          if (added === undefined) continue;
          context.state.pending.put(key, added);
          if (added.decision !== decision) continue;
          for (const { time } of pending.observations) context.cancel(time + options.orphanMs, key, record);
          if (compiled === undefined) {
            context.schedule(triedAgainAt(decision, decision.decisionTime), key, record);
            continue;
          }
          context.schedule(waitEnd(decision, compiled), key, record);
          context.schedule(joinEnd(decision, compiled), key, record);
        }
      },
      observations(records, context) {
        for (const record of records) {
          const { key, value, time, origin } = record;
          const pending = context.state.pending.get(key) ?? nothing;
          if (pending.closed) {
            context.reject(
              record,
              new StreamsError("TOO_LATE", `decision ${key} takes no observation any more: its TTL is over`),
            );
            continue;
          }
          const { partition, offset } = origin;
          const added = addObservation(pending, {
            id: observationId(value, time),
            time,
            values: value.values,
            partition,
            offset,
          });
          if (added === undefined) continue;
          const { decision } = added;
          if (decision === null) context.schedule(time + options.orphanMs, key, record);
          let corrected: Joined | undefined;
          if (added.done && decision !== null) {
            const compiled = compiledOf(decision, context);
            if (compiled !== undefined) corrected = correctedRow(added, decision, compiled);
            else if (isUnreadable(decision, context)) context.schedule(triedAgainAt(decision, time), key, record);
            else throw goneBlueprint(decision);
          }
          context.state.pending.put(key, corrected === undefined ? added : { ...added, label: corrected.label });
          if (corrected !== undefined) emit(corrected, context, record);
        }
      },
    },
    onTimer({ time, key }, context) {
      const pending = context.state.pending.get(key);
      if (pending === undefined) return;
      const { decision } = pending;
      if (decision === null) {
        // A timer that waited for the blueprint, and another was first: what is left is remembered longer.
        if (pending.closedTime !== null && time < pending.closedTime + options.orphanMs) return;
        const waiting = pending.observations.filter((observation) => observation.time + options.orphanMs > time);
        for (const { partition, offset, values } of pending.observations.filter((each) => !waiting.includes(each))) {
          const origin = { topic: observations.name, partition, offset };
          const orphan = { key, value: values, time, headers: {}, origin };
          if (options.orphans === "drop") continue;
          context.reject(orphan, new StreamsError("TOO_LATE", `no decision ${key} came for this observation`));
        }
        if (waiting.length === 0) context.state.pending.delete(key);
        else context.state.pending.put(key, { ...pending, observations: waiting });
        return;
      }
      const compiled = compiledOf(decision, context);
      if (compiled === undefined) {
        if (!isUnreadable(decision, context)) throw goneBlueprint(decision);
        context.schedule(triedAgainAt(decision, time), key);
        return;
      }
      let current = pending;
      if (!current.done && time < waitEnd(decision, compiled)) {
        context.schedule(waitEnd(decision, compiled), key);
        context.schedule(joinEnd(decision, compiled), key);
      }
      if (current.done && time !== joinEnd(decision, compiled)) {
        const corrected = correctedRow(current, decision, compiled);
        if (corrected !== undefined) {
          emit(corrected, context);
          current = { ...current, label: corrected.label };
          context.state.pending.put(key, current);
        }
      }
      if (!current.done && time >= waitEnd(decision, compiled)) {
        const rows = rowsAtWaitEnd(current, decision, compiled);
        for (const row of rows) emit(row, context);
        current = { ...current, done: true, label: rows.at(-1)!.label };
        context.state.pending.put(key, current);
      }
      if (time >= joinEnd(decision, compiled)) {
        const left = closeDecision(current);
        context.state.pending.put(key, left);
        if (left.decision === null) {
          context.schedule(time + options.orphanMs, key);
        } else {
          context.schedule(waitEnd(left.decision, compiled), key);
          context.schedule(joinEnd(left.decision, compiled), key);
        }
      }
    },
  });

function pendingKey({ key }: { readonly key: string }) {
  return [["pending", key] as const];
}

/** @param from the observation that corrects the row. */
function emit(row: Joined, context: JoinContext, from?: StreamRecord<unknown>): void {
  const { rowTime: time, decision } = row;
  context.emit("joined", {
    key: decision.decisionId,
    value: row,
    time,
    ...(from === undefined ? {} : { from, headers: {} }),
  });
}

function compiledOf(decision: DecisionRecorded, context: JoinContext): CompiledBlueprint | undefined {
  return validBlueprints(context.globals.blueprints).version(decision.useCase, decision.blueprintVersion);
}

/** Its record is there and this release can't read it: what it asks for is made when a release that can is back. */
function isUnreadable({ useCase, blueprintVersion }: DecisionRecorded, context: JoinContext): boolean {
  return validBlueprints(context.globals.blueprints).problem(useCase, blueprintVersion) !== undefined;
}

const SOONEST_MS = 1_000;
const LATEST_MS = 600_000;

/** When a decision of a blueprint that can't be read is looked at again, in event time: the longer it waits, the more seldom. */
function triedAgainAt({ decisionTime }: DecisionRecorded, time: number): number {
  return time + Math.min(LATEST_MS, Math.max(SOONEST_MS, Math.floor((time - decisionTime) / 10)));
}

const goneBlueprint = (decision: DecisionRecorded): StreamsError =>
  new StreamsError(
    "HANDLER_FAILED",
    `decision ${decision.decisionId} was made by blueprint ${decision.useCase}/${decision.blueprintVersion}, which is not on the blueprints topic`,
  );
