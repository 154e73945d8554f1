import { createHash } from "node:crypto";
import { aggregateLabel, canonicalJson, type CompiledBlueprint, type LabelValue } from "../../blueprints/index.ts";
import type { DecisionRecorded, Joined, ObservationRecorded } from "../../schemas/index.ts";
import { nothing, type Pending, type PendingObservation } from "./pending.ts";

/** What names an observation: its own id, else its time and content, so that the same one sent twice counts once. */
export function observationId(observation: ObservationRecorded, time: number): string {
  if (observation.observationId !== "") return observation.observationId;
  return createHash("sha256")
    .update(`${time}\0${canonicalJson(observation.values)}`)
    .digest("hex")
    .slice(0, 16);
}

/** `undefined` when the observation is there already. */
export function addObservation(pending: Pending, observation: PendingObservation): Pending | undefined {
  if (pending.observations.some(({ id }) => id === observation.id)) return undefined;
  return { ...pending, observations: [...pending.observations, observation] };
}

export const waitEnd = (decision: DecisionRecorded, { blueprint }: CompiledBlueprint): number =>
  decision.decisionTime + blueprint.label.waitMs;
export const joinEnd = (decision: DecisionRecorded, { blueprint }: CompiledBlueprint): number =>
  decision.decisionTime + blueprint.join.ttlMs;

/**
 * The label from the observations with an event time before `before`, else the default; null: neither. A function of the set
 * of observations, whatever their order. One dated before its decision counts: it names the decision, so clocks differ.
 */
export function labelBefore(
  pending: Pending,
  compiled: CompiledBlueprint,
  before: number,
): LabelValue | { value: number; time: null } | null {
  const counted = pending.observations.filter(({ time }) => time < before);
  const label = aggregateLabel(compiled.label, counted);
  if (label !== null) return label;
  const fallback = compiled.blueprint.label.default;
  return fallback === null ? null : { value: fallback, time: null };
}

/** What is made when the wait is over: a provisional row while corrections may come, a mature one otherwise, or an expiry. */
export function firstRow(pending: Pending, decision: DecisionRecorded, compiled: CompiledBlueprint): Joined {
  const rowTime = waitEnd(decision, compiled);
  const label = labelBefore(pending, compiled, rowTime);
  const { waitMs } = compiled.blueprint.label;
  return {
    decision,
    label: label?.value ?? null,
    labelTime: label?.time ?? null,
    rowTime,
    maturity: label === null ? "expired" : waitMs < compiled.blueprint.join.ttlMs ? "provisional" : "mature",
  };
}

/**
 * The row corrected by what is known now; `undefined` when the label stays. Its time is that of the newest observation, whichever
 * came last, and not before the first row's: a row is never dated before something it knows.
 */
export function correctedRow(
  pending: Pending,
  decision: DecisionRecorded,
  compiled: CompiledBlueprint,
): Joined | undefined {
  const end = joinEnd(decision, compiled);
  const label = labelBefore(pending, compiled, end);
  if (label === null || label.value === pending.label) return undefined;
  const times = pending.observations.map(({ time }) => time).filter((time) => time < end);
  const rowTime = Math.max(waitEnd(decision, compiled), ...times);
  return { decision, label: label.value, labelTime: label.time, rowTime, maturity: "corrected" };
}

/**
 * What a decision that came does to what is known of its id. It opens, once; one made anew after the answer's retention opens when the one before
 * is closed, which it usually is. `undefined`: it is known already.
 */
export function addDecision(pending: Pending, decision: DecisionRecorded): Pending | undefined {
  const { closed, closedTime } = pending;
  const newerThan = (time: number | null | undefined): boolean =>
    decision.repeatOf !== null && decision.decisionTime > (time ?? Number.NEGATIVE_INFINITY);
  if (pending.decision === null && !closed) return { ...pending, decision };
  if (closed) return newerThan(closedTime) ? { ...nothing, decision, closedTime } : undefined;
  return newerThan(pending.decision!.decisionTime) && pending.next === null
    ? { ...pending, next: decision }
    : undefined;
}

/** What is left of a decision whose TTL is over: the memory of it, or the next one, with the observations from its time on. */
export function closeDecision(pending: Pending): Pending {
  const { decision, next, observations } = pending;
  const closedTime = decision!.decisionTime;
  if (next === null) return { ...nothing, done: true, closed: true, closedTime };
  const later = observations.filter(({ time }) => time >= next.decisionTime);
  return { ...nothing, decision: next, observations: later, closedTime };
}

/** The first row, and the corrections by observations from after the wait that came before the row was made. */
export function rowsAtWaitEnd(
  pending: Pending,
  decision: DecisionRecorded,
  compiled: CompiledBlueprint,
): readonly [Joined, ...Joined[]] {
  const rows: [Joined, ...Joined[]] = [firstRow(pending, decision, compiled)];
  const end = waitEnd(decision, compiled);
  const late = pending.observations.map(({ time }) => time).filter((time) => time >= end);
  for (const time of [...new Set(late)].sort((a, b) => a - b)) {
    const observations = pending.observations.filter((observation) => observation.time <= time);
    const corrected = correctedRow({ ...pending, observations, label: rows.at(-1)!.label }, decision, compiled);
    if (corrected !== undefined) rows.push(corrected);
  }
  return rows;
}
