import type { CompiledBlueprint } from "../../blueprints/index.ts";
import { type DecisionRecorded, decisions, DomainError } from "../../schemas/index.ts";
import { type StreamRecord } from "../../streams/index.ts";
import { readKnown } from "./kept.ts";
import { orphanTimer, useTimer } from "./keys.ts";
import { NEVER, type Known, type Made, type Use } from "./known.ts";
import { belongsTo, comingOf, joinEnd, madeOf, useOf, waitEnds } from "./logic.ts";
import { emitWaiting } from "./observed.ts";
import { compiledOf, goneBlueprint, isUnreadable, triedAgainAt, type JoinContext, type JoinTimes } from "./parts.ts";

type DecisionRecord = StreamRecord<DecisionRecorded>;

/**
 * The changes that a new decision makes. Of two records of one id one opens, and the other is a dead letter.
 * @returns a promise only if something has to be read first
 */
export function takeDecision(record: DecisionRecord, context: JoinContext, times: JoinTimes): void | Promise<void> {
  const { key: id, value: decision } = record;
  const compiled = compiledOf(decision, context);
  if (compiled === undefined && !isUnreadable(decision, context)) {
    return context.reject(record, goneBlueprint(decision));
  }
  const known = readKnown(id, context);
  // Most ids are new ones: nothing else is read for these.
  if (!known.uses.some(({ open }) => open)) return takeAmong([], { record, known, compiled }, context, times);
  const takeHere = (): void | Promise<void> =>
    takeAmong(context.state.decided.get(id)!.made, { record, known, compiled }, context, times);
  const loading = context.load([["decided", id]]);
  return loading === undefined ? takeHere() : loading.then(takeHere);
}

interface Taken {
  readonly record: DecisionRecord;
  readonly known: Known;
  /** `undefined`: this release can't read it. */
  readonly compiled: CompiledBlueprint | undefined;
}

/** @param all the records of its id, if one of these is open. */
function takeAmong(
  all: readonly Made[],
  { record, known, compiled }: Taken,
  context: JoinContext,
  times: JoinTimes,
): void | Promise<void> {
  const { key: id, value: decision, origin } = record;
  const use = useOf(known, decision.useCase);
  const made = { decision, partition: origin.partition, offset: origin.offset };
  switch (comingOf(decision, use, all)) {
    case "known":
      return;
    case "opens":
      return open({ record, known, made, compiled, before: use, others: all }, context, times);
    case "waits":
      context.state.decided.put(id, { made: [...all, made] });
      return context.state.pending.put(id, withUse(known, use!, { ...use!, next: true }));
    case "replaces": {
      const other = madeOf(all, use!)!;
      const { partition, offset } = other;
      const place = { topic: decisions.name, partition, offset };
      const buried = { key: id, value: other.decision, time: other.decision.decisionTime, headers: {}, origin: place };
      context.reject(buried, twice(other.decision, decision));
      const before = compiledOf(other.decision, context);
      if (before !== undefined) cancel(other.decision, before, record, context);
      const others = all.filter((one) => one !== other);
      return open({ record, known, made, compiled, before: use, others, replaced: other.decision }, context, times);
    }
    case "refused":
      return context.reject(record, twice(decision, use!.open ? madeOf(all, use!)!.decision : undefined));
  }
}

interface Opening {
  readonly record: DecisionRecord;
  readonly known: Known;
  readonly made: Made;
  /** `undefined`: this release can't read it. */
  readonly compiled: CompiledBlueprint | undefined;
  /** The knowledge of its use case and id: a closed one, or the one it replaces. */
  readonly before: Use | undefined;
  /** Other records of the id, which stay. */
  readonly others: readonly Made[];
  /** The decision whose observations are its own now. */
  readonly replaced?: DecisionRecorded;
}

function open(
  { record, known, made, compiled, before, others, replaced }: Opening,
  context: JoinContext,
  times: JoinTimes,
): void | Promise<void> {
  const { key: id } = record;
  const { useCase, decisionTime } = made.decision;
  // A decision made anew takes observations from after the close of the one before. If nothing is kept, that is
  // certain.
  const from = before === undefined ? null : before.open ? before.from : known.count === 0 ? null : decisionTime;
  const use: Use = {
    useCase,
    decidedAt: decisionTime,
    from,
    open: true,
    done: false,
    stage: 0,
    label: null,
    others: null,
    next: before?.next ?? false,
    closedTime: before?.closedTime ?? null,
    owed: false,
    until: schedule({ decision: made.decision, compiled, id, from: record }, decisionTime, context),
  };
  context.state.decided.put(id, { made: [...others, made] });
  context.state.pending.put(id, withUse(known, before, use));
  for (const one of known.few)
    if (belongsTo(use, one)) context.cancel(one.time + times.orphanMs, orphanTimer(null, id), record);
  return emitWaiting({ known, decision: made.decision, replaced, id }, context, times);
}

/** Replaces one entry, or adds it beside the others. */
export function withUse(known: Known, before: Use | undefined, use: Use): Known {
  const uses = before === undefined ? [...known.uses, use] : known.uses.map((one) => (one === before ? use : one));
  return { ...known, uses };
}

interface Scheduled {
  readonly decision: DecisionRecorded;
  /** `undefined`: this release can't read it. */
  readonly compiled: CompiledBlueprint | undefined;
  readonly id: string;
  /** The record whose time counts; absent: the current timer's. */
  readonly from?: DecisionRecord;
}

/**
 * Sets the timers for the ends of the waits and of the TTL, or for a look at `time`, ms, at a blueprint that can't be
 * read.
 * @returns the time of the close
 */
export function schedule({ decision, compiled, id, from }: Scheduled, time: number, context: JoinContext): number {
  const key = useTimer(decision.useCase, id);
  if (compiled === undefined) {
    context.schedule(triedAgainAt(decision, time), key, from);
    return NEVER;
  }
  for (const end of waitEnds(decision, compiled)) context.schedule(end, key, from);
  const end = joinEnd(decision, compiled);
  context.schedule(end, key, from);
  return end;
}

function cancel(
  decision: DecisionRecorded,
  compiled: CompiledBlueprint,
  from: DecisionRecord,
  context: JoinContext,
): void {
  const key = useTimer(decision.useCase, from.key);
  for (const end of waitEnds(decision, compiled)) context.cancel(end, key, from);
  context.cancel(joinEnd(decision, compiled), key, from);
}

/** @param other absent: it is closed, and only its time is known. */
function twice(refused: DecisionRecorded, other: DecisionRecorded | undefined): DomainError {
  const of = ({ unit, decisionTime }: DecisionRecorded): string =>
    `for unit ${JSON.stringify(unit)} at ${new Date(decisionTime).toISOString()}`;
  return new DomainError(
    "DECISION_ID_REUSED",
    `decision ${refused.decisionId} of use case ${refused.useCase} was made twice: the one ${of(refused)} makes no row, ` +
      `${other === undefined ? "since the first one is closed" : `the one ${of(other)} does`}; key requests by the decision id`,
  );
}
