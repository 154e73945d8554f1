import type { ObservationRecorded } from "../../schemas/index.ts";
import type { StreamRecord } from "../../streams/index.ts";
import { earlierRows } from "./decision-labelling.ts";
import { load, observationsOf } from "./kept.ts";
import { useTimer } from "./keys.ts";
import type { Known, PendingObservation } from "./known.ts";
import type { Labellings } from "./labellings.ts";
import { shownOf, belongsTo, hasRows, madeOf, nextWaitEnd, ofUse, stageOf, waitEnds } from "./logic.ts";
import { compiledOf, emit, goneBlueprint, isUnreadable, triedAgainAt, type JoinContext } from "./parts.ts";

/** An observation that came, and what is known of its decision before it and with it. */
export interface Taken {
  readonly record: StreamRecord<ObservationRecorded>;
  readonly before: Known;
  readonly known: Known;
  readonly one: PendingObservation;
}

/**
 * Has the rows made of deferred decisions whose activation this is: by timers, at its time or at the ends of the waits
 * behind it. If a later activation came before it, the rows between the two are made now.
 * @returns a promise only if something has to be read first
 */
export function activate(
  { record, before, known, one }: Taken,
  context: JoinContext,
  labellings: Labellings,
): void | Promise<void> {
  const { key: id } = record;
  const uses = known.uses.filter((use) => use.open && belongsTo(use, one) && one.time < use.until);
  const finish = (): void => {
    for (const use of uses) {
      const { decision } = madeOf(context.state.decided.get(id)!.made, use)!;
      if (!decision.deferred) continue;
      const compiled = compiledOf(decision, context);
      const timer = useTimer(decision.useCase, id);
      if (compiled === undefined) {
        if (!isUnreadable(decision, context)) throw goneBlueprint(decision);
        context.schedule(triedAgainAt(decision, one.time), timer, record);
        continue;
      }
      if (!hasRows(use)) {
        for (const end of waitEnds(decision, compiled)) context.schedule(Math.max(end, one.time), timer, record);
        continue;
      }
      const own = ofUse(use, observationsOf(before, id, context));
      const { from: until } = shownOf(use, decision, compiled, own);
      if (one.time >= until) continue;
      labellings.forget(timer);
      const stage = stageOf(use, compiled);
      const seen = own.filter(({ time }) => time < nextWaitEnd(decision, compiled, stage));
      const rows = earlierRows(decision, compiled, seen, { stage, active: one.time, until });
      for (const row of rows) emit(row, context, record);
    }
  };
  const loading = uses.some(hasRows) ? load(before, id, context) : undefined;
  return loading === undefined ? finish() : loading.then(finish);
}
