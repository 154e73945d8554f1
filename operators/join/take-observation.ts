import { type DecisionRecorded, DomainError, type ObservationRecorded } from "../../schemas/index.ts";
import { SOURCE_HEADER, type StreamRecord } from "../../streams/index.ts";
import { activate, type Taken } from "./activate.ts";
import { isKept, keep, load, observationsOf, problemOfOneMore, readKnown } from "./kept.ts";
import { orphanTimer, useTimer } from "./keys.ts";
import { partitionOf, type PendingObservation, type Use } from "./known.ts";
import { DecisionLabelling } from "./decision-labelling.ts";
import type { Labellings } from "./labellings.ts";
import { restatedRows } from "./restated-rows.ts";
import {
  shownOf,
  isActivationAlone,
  belongsTo,
  hasRows,
  madeOf,
  nextOf,
  nextWaitEnd,
  observationId,
  ofUse,
  stageOf,
  stateOf,
  usesOf,
} from "./logic.ts";
import { tellMisfits } from "./misfits.ts";
import { emitEvent, isEvent, rejectUnknown } from "./observed.ts";
import {
  compiledOf,
  emit,
  goneBlueprint,
  isUnreadable,
  triedAgainAt,
  type JoinContext,
  type JoinTimes,
} from "./parts.ts";
import { namesUnknown } from "./subjects.ts";
import { withUse } from "./take-decision.ts";

/**
 * The changes that a new observation makes: it is kept, and corrects rows that exist. The work is the same however many
 * there are. An observation with a kind is also an event.
 * @returns a promise only if something has to be read first
 */
export function takeObservation(
  record: StreamRecord<ObservationRecorded>,
  context: JoinContext,
  times: JoinTimes,
  labellings: Labellings,
): void | Promise<void> {
  const { key: id, value, time, origin } = record;
  const { useCase, optionId, activation, values } = value;
  const known = readKnown(id, context);
  const uses = usesOf(known, useCase);
  if (uses.length > 0 && !uses.some((use) => takes(use, time))) {
    const what = isActivationAlone(value) ? "activation" : "observation";
    const message = `decision ${id} takes no ${what} any more: its TTL is over`;
    return context.reject(record, new DomainError("TOO_LATE", message));
  }
  const name = observationId(record);
  if (isKept(known, id, useCase, name, context)) return;
  const partition = partitionOf(origin.partition, isFed(record));
  const { offset } = origin;
  const one: PendingObservation = { id: name, useCase, optionId, activation, time, values, partition, offset };
  const problem = problemOfOneMore(known, one);
  if (problem !== undefined) {
    const message = `decision ${id} takes no more observations: ${problem}`;
    return context.reject(record, new DomainError("TOO_MANY", message));
  }
  const made = uses.length === 0 ? [] : decisionsOf(one, uses, id, context);
  if (optionId !== "" && made.length > 0 && made.every((decision) => namesUnknown(one, decision))) {
    return rejectUnknown(one, made, id, context);
  }
  const kept = keep(known, id, one, context);
  if (uses.length === 0) {
    const index = kept.more > known.more ? known.more : null;
    context.schedule(time + times.orphanMs, orphanTimer(index, id), record);
  }
  if (uses.length > 0) {
    if (times.events !== false && !isFed(record) && isEvent(one)) emitEvent(one, made, id, context);
    if (times.misfits !== false) for (const decision of made) tellMisfits(one, decision, id, context);
  }
  const taken = { record, before: known, known: kept, one };
  const work = (): void | Promise<void> => {
    const isSeen = !isActivationAlone(one) && kept.uses.some((use) => use.open && hasRows(use));
    if (!isSeen) return context.state.pending.put(id, kept);
    return correct(taken, context, labellings);
  };
  if (!activation || !made.some(({ deferred }) => deferred)) return work();
  const activating = activate(taken, context, labellings);
  return activating === undefined ? work() : activating.then(work);
}

/** Its timer may fire late: the time of the observation counts. */
const takes = ({ open, until, next }: Use, time: number): boolean => open && (next || time < until);

/** The decisions of the observation: of two in one use case, the last one made before it. */
function decisionsOf(
  { time }: PendingObservation,
  uses: readonly Use[],
  id: string,
  context: JoinContext,
): readonly DecisionRecorded[] {
  const { made } = context.state.decided.get(id)!;
  return uses
    .filter(({ open }) => open)
    .map((use) => {
      const next = use.next ? nextOf(made, use) : undefined;
      return (next !== undefined && time >= next.decision.decisionTime ? next : madeOf(made, use)!).decision;
    });
}

function correct(correction: Taken, context: JoinContext, labellings: Labellings): void | Promise<void> {
  const { record, before, known, one } = correction;
  const { key: id } = record;
  const late = known.uses.filter((use) => use.open && hasRows(use));
  const taken = new Map(late.map((use) => [use, labellings.take(useTimer(use.useCase!, id), stateOf(before, use))]));
  const finish = (): void => {
    let current = known;
    for (const use of late) {
      const { decision } = madeOf(context.state.decided.get(id)!.made, use)!;
      const compiled = compiledOf(decision, context);
      if (compiled === undefined) {
        if (!isUnreadable(decision, context)) throw goneBlueprint(decision);
        context.schedule(triedAgainAt(decision, one.time), useTimer(decision.useCase, id), record);
        current = withUse(current, use, { ...use, owed: true });
        continue;
      }
      const stage = stageOf(use, compiled);
      const end = nextWaitEnd(decision, compiled, stage);
      // Of those from after the next wait its row knows first.
      const isDue = ({ time }: PendingObservation): boolean => time < end;
      const ownNow = (): readonly PendingObservation[] => ofUse(use, observationsOf(known, id, context));
      if (isFed(record) && belongsTo(use, one) && isDue(one)) {
        const own = ownNow();
        const restated = restatedRows({
          ...{ decision, compiled, stage, seen: own.filter(isDue), one, former: use },
          shown: shownOf(use, decision, compiled, own),
        });
        if (restated !== undefined) {
          for (const row of restated.rows) emit(row, context, record);
          if (restated.rows.length > 0) current = withUse(current, use, { ...use, ...restated.labels });
          continue;
        }
      }
      let labelling = taken.get(use);
      if (labelling !== undefined) {
        if (belongsTo(use, one) && isDue(one)) labelling.add(one);
      } else {
        const own = ownNow();
        const all = own.filter(isDue);
        const others = all.filter((each) => !isSame(each, one));
        labelling = DecisionLabelling.of(decision, compiled, others, shownOf(use, decision, compiled, own));
        if (others.length < all.length) labelling.add(one);
      }
      const { rows, labels } = labelling.corrected(use, stage);
      if (known.more > 0) labellings.remember(useTimer(use.useCase!, id), stateOf(known, use), labelling);
      if (rows.length === 0) continue;
      for (const row of rows) emit(row, context, record);
      current = withUse(current, use, { ...use, ...labels });
    }
    context.state.pending.put(id, current);
  };
  const loading = [...taken.values()].includes(undefined) || isFed(record) ? load(known, id, context) : undefined;
  return loading === undefined ? finish() : loading.then(finish);
}

const isSame = (a: PendingObservation, b: PendingObservation): boolean =>
  a.id === b.id && a.partition === b.partition && a.offset === b.offset;

const isFed = ({ headers }: StreamRecord<unknown>): boolean => headers[SOURCE_HEADER] !== undefined;
