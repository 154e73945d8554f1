import { keysWithOption, keysWithUnit, kindOf, observedEvent, type DecisionKeys } from "../../blueprints/index.ts";
import { DomainError, events, observations, type DecisionRecorded } from "../../schemas/index.ts";
import { StreamsError } from "../../streams/index.ts";
import { load, observationsOf } from "./kept.ts";
import { isFed, placeOf, type Known, type PendingObservation } from "./known.ts";
import { isOrphan } from "./logic.ts";
import { tellMisfits } from "./misfits.ts";
import type { JoinContext, JoinTimes } from "./parts.ts";
import { sizeOf } from "./sizes.ts";
import { namesUnknown } from "./subjects.ts";

/**
 * The event of an observation smaller than this, with one decision's keys, is within every limit: it needs no closer
 * look.
 */
const SMALL = 16_384;
const noHeaders = Object.freeze({});

export const isEvent = ({ values }: Pick<PendingObservation, "values">): boolean => kindOf(values) !== null;

/**
 * Writes the event that an observation also is, with the keys of its decisions; if two have the same key, with the
 * first one's. Call it once for each observation: when it is taken, or if it has no decision yet, when one comes. An
 * observation of a feed has its event already.
 */
export function emitEvent(
  one: PendingObservation,
  made: readonly DecisionRecorded[],
  id: string,
  context: JoinContext,
): void {
  if (isFed(one)) return;
  const keys = keysOf(made);
  const value = keys === null ? undefined : observedEvent(one.values, withOption(keys, one, made));
  if (value === undefined) return;
  const problem = made.length === 1 && sizeOf(one) < SMALL ? undefined : problemOf(value, id);
  if (problem === undefined) return context.emit("events", { key: id, value, time: one.time, headers: noHeaders });
  const message = `the observation is taken, but it is no event with the keys of decision ${id}: ${problem}`;
  const origin = { topic: observations.name, ...placeOf(one) };
  const record = { key: id, value: one.values, time: one.time, headers: noHeaders, origin };
  context.reject(record, new StreamsError("OVER_LIMIT", message));
}

interface Opened {
  readonly known: Known;
  readonly decision: DecisionRecorded;
  /** The decision that it replaces; `undefined`: none. */
  readonly replaced: DecisionRecorded | undefined;
  readonly id: string;
}

/**
 * Handles observations that had no decision until this one came, and those of options that only a replaced one showed.
 * @returns a promise only if something has to be read first
 */
export function emitWaiting(
  { known, decision, replaced, id }: Opened,
  context: JoinContext,
  times: JoinTimes,
): void | Promise<void> {
  const areEvents = times.events !== false && decision.keys !== null;
  if (known.count === 0 || (!areEvents && times.misfits === false)) return;
  const isLive = times.misfits !== false;
  const emitAll = (all: readonly PendingObservation[]): void => {
    for (const one of all) {
      const isIts = one.useCase === "" || one.useCase === decision.useCase;
      if (!isIts) continue;
      if (!isOrphan(known, one)) {
        const isLost = replaced !== undefined && namesUnknown(one, decision) && !namesUnknown(one, replaced);
        if (isLive && isLost) rejectUnknown(one, [decision], id, context);
        continue;
      }
      if (isLive && namesUnknown(one, decision)) {
        rejectUnknown(one, [decision], id, context);
        continue;
      }
      if (areEvents && isEvent(one)) emitEvent(one, [decision], id, context);
      if (times.misfits !== false) tellMisfits(one, decision, id, context);
    }
  };
  const loading = load(known, id, context);
  if (loading !== undefined) return loading.then(() => emitAll(observationsOf(known, id, context)));
  return emitAll(observationsOf(known, id, context));
}

/** An observation of an option that was not shown: it counts for nothing. */
export function rejectUnknown(
  one: PendingObservation,
  made: readonly DecisionRecorded[],
  id: string,
  context: JoinContext,
): void {
  const shown = made.flatMap(({ options }) => options.filter(({ position }) => position !== null));
  const ids = shown.slice(0, MOST_NAMED).map(({ optionId }) => JSON.stringify(optionId));
  const which =
    shown.length === 0
      ? "it showed no options"
      : `it showed ${ids.join(", ")}${shown.length > MOST_NAMED ? ", …" : ""}`;
  const message = `decision ${id} did not show the option ${JSON.stringify(one.optionId)}: ${which}`;
  const origin = { topic: observations.name, ...placeOf(one) };
  const record = { key: id, value: one.values, time: one.time, headers: noHeaders, origin };
  context.reject(record, new DomainError("UNKNOWN_OPTION", message));
}

/** Options that a dead letter names. */
const MOST_NAMED = 12;

/** Windows may be kept by the option and its entries, too. */
function withOption(
  keys: DecisionKeys,
  { optionId }: PendingObservation,
  made: readonly DecisionRecorded[],
): DecisionKeys {
  if (optionId === "") return keys;
  const options = made.flatMap((decision) => decision.options.filter((option) => option.optionId === optionId));
  return keysWithOption(keys, optionId, options.find(({ position }) => position !== null)?.keys);
}

/** Null: none of them kept its keys. */
function keysOf(made: readonly DecisionRecorded[]): DecisionKeys | null {
  const kept = made.flatMap(({ keys, unit }) => (keys === null ? [] : [keysWithUnit(keys, unit)]));
  return kept.length === 0 ? null : kept.reduceRight((all, keys) => ({ ...all, ...keys }));
}

function problemOf(value: { readonly kind: string; readonly attributes: PendingObservation["values"] }, id: string) {
  const bytes = events.type.toBuffer(value).length;
  return events.check!({ value, bytes, keyBytes: Buffer.byteLength(id), headers: noHeaders });
}
