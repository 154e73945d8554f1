import type { CompiledBlueprint } from "../../blueprints/index.ts";
import { type DecisionRecorded, DomainError, observations } from "../../schemas/index.ts";
import { load, observationsOf, readKnown, without, withoutFew, withoutOne } from "./kept.ts";
import { moreKey, readTimer, useTimer, type JoinTimer } from "./keys.ts";
import { NEVER, placeOf, type Known, type PendingObservation, type Use } from "./known.ts";
import { DecisionLabelling, type Relabelled } from "./decision-labelling.ts";
import type { Labellings } from "./labellings.ts";
import {
  shownOf,
  isActivationAlone,
  isOrphan,
  madeOf,
  nextOf,
  nextWaitEnd,
  ofUse,
  stageOf,
  stateOf,
  type Shown,
  waitEnds,
} from "./logic.ts";
import {
  compiledOf,
  emit,
  goneBlueprint,
  isUnreadable,
  triedAgainAt,
  type JoinContext,
  type JoinTimes,
} from "./parts.ts";
import { schedule, withUse } from "./take-decision.ts";

interface Firing {
  readonly id: string;
  /** Event time, ms. */
  readonly time: number;
  readonly context: JoinContext;
  readonly times: JoinTimes;
  readonly labellings: Labellings;
}

/**
 * The end of a wait or of a TTL, of the memory of a closed decision, or of an observation's own wait.
 * @returns a promise only if something has to be read first
 */
export function fireTimer(
  { time, key }: { readonly time: number; readonly key: string },
  context: JoinContext,
  times: JoinTimes,
  labellings: Labellings,
): void | Promise<void> {
  const timer = readTimer(key);
  const known = readKnown(timer.id, context);
  const work = (): void => {
    const left = leftOf(known, timer, { id: timer.id, time, context, times, labellings });
    if (left === known) return;
    if (left.uses.length === 0 && left.count === 0) context.state.pending.delete(timer.id);
    else context.state.pending.put(timer.id, left);
  };
  const loading = load(known, timer.id, context, timer.kind === "orphan" ? "front" : "all");
  return loading === undefined ? work() : loading.then(work);
}

function leftOf(known: Known, timer: JoinTimer, firing: Firing): Known {
  if (timer.kind === "orphan") return buryOrphans(known, timer.index, firing);
  let left = known;
  for (const use of known.uses) {
    if (timer.kind === "use" && use.useCase !== timer.useCase) continue;
    left = use.open ? settle(left, use, firing) : forget(left, use, firing.time);
  }
  return timer.kind === "former" ? buryFormer(left, firing) : left;
}

/** Timers of a former version do not name their observation. */
function buryFormer(known: Known, firing: Firing): Known {
  const { id, context } = firing;
  const due = observationsOf(known, id, context).filter((one) => isDue(one, known, firing));
  for (const one of due) bury(one, firing);
  const gone = new Set(due.map(({ offset }) => offset));
  return due.length === 0 ? known : without(known, id, ({ offset }) => !gone.has(offset), context);
}

const isDue = (one: PendingObservation, known: Known, { time, times }: Firing): boolean =>
  one.time + times.orphanMs <= time && isOrphan(known, one);

/** Makes the rows of an open decision that are due, and its end. */
function settle(known: Known, use: Use, firing: Firing): Known {
  const { id, time, context, labellings } = firing;
  if (use.done && !use.owed) return time < use.until ? known : close(known, use, firing);
  const { decision } = madeOf(context.state.decided.get(id)!.made, use)!;
  const compiled = compiledOf(decision, context);
  if (compiled === undefined) {
    if (!isUnreadable(decision, context)) throw goneBlueprint(decision);
    context.schedule(triedAgainAt(decision, time), useTimer(decision.useCase, id));
    return known;
  }
  // A blueprint that can be read by now gives the time.
  const until = use.until === NEVER ? schedule({ decision, compiled, id }, time, context) : use.until;
  const stage = waitEnds(decision, compiled).filter((end) => end <= time).length;
  if (stage <= use.stage && !use.owed) return until === use.until ? known : withUse(known, use, { ...use, until });
  const seen = ofUse(use, observationsOf(known, id, context));
  const shown = shownOf(use, decision, compiled, seen);
  if (shown.from > time) {
    if (shown.from < until) context.schedule(shown.from, useTimer(decision.useCase, id));
    const hidden = { ...use, until };
    if (time >= until) return close(withUse(known, use, hidden), hidden, firing);
    return until === use.until ? known : withUse(known, use, hidden);
  }
  const { rows, labels, labelling } = rowsOf({ use, to: stage, decision, compiled, seen, shown });
  for (const row of rows) emit(row, context);
  const done = stage === compiled.waits.length;
  const current = {
    ...use,
    label: labels.label,
    others: labels.others,
    done,
    stage: done ? 0 : stage,
    owed: false,
    until,
  };
  const left = withUse(known, use, current);
  if (known.more > 0) labellings.remember(useTimer(decision.useCase, id), stateOf(left, current), labelling);
  return time < until ? left : close(left, current, firing);
}

interface Due {
  readonly use: Use;
  readonly to: number;
  readonly decision: DecisionRecorded;
  readonly compiled: CompiledBlueprint;
  readonly seen: readonly PendingObservation[];
  readonly shown: Shown;
}

function rowsOf({
  use,
  to,
  decision,
  compiled,
  seen,
  shown,
}: Due): Relabelled & { readonly labelling: DecisionLabelling } {
  const from = stageOf(use, compiled);
  if (!use.owed || from === 0)
    return DecisionLabelling.rows(decision, compiled, seen, { from, to, former: use, shown });
  const end = nextWaitEnd(decision, compiled, from);
  const labelling = DecisionLabelling.of(
    decision,
    compiled,
    seen.filter(({ time }) => time < end),
    shown,
  );
  labelling.doubtPositions();
  const { rows: owed, labels } = labelling.corrected(use, from);
  if (to <= from) return { rows: owed, labels, labelling };
  const after = DecisionLabelling.rows(decision, compiled, seen, { from, to, former: labels, shown });
  return { ...after, rows: [...owed, ...after.rows] };
}

/**
 * The rest of a decision whose TTL is over: the memory of it, or the next decision, with the observations from its time
 * on.
 */
function close(known: Known, use: Use, { id, time, context, times, labellings }: Firing): Known {
  if (known.more > 0) labellings.forget(useTimer(use.useCase!, id));
  const more = use.next || known.uses.some((one) => one.open && one !== use);
  const all = more ? context.state.decided.get(id)!.made : [];
  const next = use.next ? nextOf(all, use) : undefined;
  const rest = all.filter((one) => one !== madeOf(all, use));
  if (rest.length === 0) context.state.decided.delete(id);
  else context.state.decided.put(id, { made: rest });
  const ended = { ...use, done: true, label: null, others: null, stage: 0, next: false, closedTime: use.decidedAt };
  if (next !== undefined) {
    const { decision } = next;
    const compiled = compiledOf(decision, context);
    if (compiled === undefined && !isUnreadable(decision, context)) throw goneBlueprint(decision);
    const until = schedule({ decision, compiled, id }, time, context);
    const { decisionTime } = decision;
    return withUse(known, use, { ...ended, decidedAt: decisionTime, from: decisionTime, done: false, until });
  }
  const until = time + times.orphanMs;
  context.schedule(until, useTimer(use.useCase!, id));
  const left = withUse(known, use, { ...ended, open: false, until });
  if (left.uses.some(({ open }) => open) || left.count === 0) return left;
  return without(left, id, (one) => isOrphan(left, one), context);
}

function forget(known: Known, use: Use, time: number): Known {
  return time < use.until ? known : { ...known, uses: known.uses.filter((one) => one !== use) };
}

/** Observations whose decision never came: the first ones that are due, or the one with this number. */
function buryOrphans(known: Known, index: number | null, firing: Firing): Known {
  const { id, context } = firing;
  if (index === null) {
    const due = known.few.filter((one) => isDue(one, known, firing));
    for (const one of due) bury(one, firing);
    if (due.length === 0) return known;
    return withoutFew(known, due);
  }
  const one = context.state.more.get(moreKey(index, id));
  if (one === undefined || !isDue(one, known, firing)) return known;
  bury(one, firing);
  return withoutOne(known, id, index, context);
}

function bury(one: PendingObservation, { id, time, context, times }: Firing): void {
  if (times.orphans === "drop") return;
  const { useCase, values } = one;
  const what = isActivationAlone(one) ? "activation" : "observation";
  const origin = { topic: observations.name, ...placeOf(one) };
  const orphan = { key: id, value: values, time, headers: {}, origin };
  const which = useCase === "" ? "" : ` of use case ${useCase}`;
  context.reject(orphan, new DomainError("TOO_LATE", `no decision ${id}${which} came for this ${what}`));
}
