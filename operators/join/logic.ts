import { hash } from "node:crypto";
import { canonicalJson, type CompiledBlueprint } from "../../blueprints/index.ts";
import type { DecisionRecorded, ObservationRecorded } from "../../schemas/index.ts";
import { placeOf, SOURCE_HEADER, type StreamRecord } from "../../streams/index.ts";
import type { Known, Made, PendingObservation, Use } from "./known.ts";

/**
 * The name of an observation. Its own id, if it has one: the same observation sent twice counts once. Otherwise the
 * place of its record, so that two equal ones are two; with its time, content and option, because offsets begin again in a
 * topic that is made anew. A feed of history repeats records in doubt: without an id, those are named by time and
 * content alone. An activation alone is named by its time: twice is once.
 */
export function observationId(record: StreamRecord<ObservationRecorded>): string {
  const { value, time, headers } = record;
  if (value.observationId !== "") return value.observationId;
  if (isActivationAlone(value)) return `activation ${time}`;
  const place = headers[SOURCE_HEADER] === undefined ? `${placeOf(record)}\0` : "";
  const option = value.optionId === "" ? "" : `\0${value.optionId}`;
  return hash("sha256", `${place}${time}\0${canonicalJson(value.values)}${option}`).slice(0, 16);
}

/** The ends of the labels' different waits, ms, from the first. */
export const waitEnds = ({ decisionTime }: DecisionRecorded, { waits }: CompiledBlueprint): readonly number[] =>
  waits.map((wait) => decisionTime + wait);
/** The end of the wait behind so many that are over, ms; infinity behind the last one. */
export const nextWaitEnd = ({ decisionTime }: DecisionRecorded, { waits }: CompiledBlueprint, stage: number): number =>
  decisionTime + (waits[stage] ?? Number.POSITIVE_INFINITY);
export const joinEnd = (decision: DecisionRecorded, { blueprint }: CompiledBlueprint): number =>
  decision.decisionTime + blueprint.join.ttlMs;

/** The knowledge of a use case's decision. One of a former format stands for every use case. */
export const useOf = ({ uses }: Known, useCase: string): Use | undefined =>
  uses.find((use) => use.useCase === useCase) ?? uses.find((use) => use.useCase === null);

/** The decisions that an observation belongs to: that of its use case, or without a use case all of its id. */
export const usesOf = (known: Known, useCase: string): readonly Use[] => {
  if (useCase === "") return known.uses;
  const use = useOf(known, useCase);
  return use === undefined ? [] : [use];
};

/** Whether a kept observation belongs to this decision. */
export const belongsTo = (use: Use, { useCase, time }: PendingObservation): boolean =>
  (useCase === "" || useCase === use.useCase) && (use.from === null || time >= use.from);

/** Its observations, each id once: the first one that came. */
export function ofUse(use: Use, observations: readonly PendingObservation[]): readonly PendingObservation[] {
  const seen = new Set<string>();
  return observations.filter((one) => {
    if (!belongsTo(use, one) || seen.has(one.id)) return false;
    seen.add(one.id);
    return true;
  });
}

/** Names the state that a labelling was made from. */
export const stateOf = ({ more, last }: Known, { decidedAt, stage }: Use): string =>
  `${decidedAt}/${stage}/${more}/${last}`;

/** An observation that has no decision yet. */
export const isOrphan = (known: Known, { useCase }: PendingObservation): boolean => usesOf(known, useCase).length === 0;

/** Rows of it may have been made. */
export const hasRows = ({ done, stage }: Use): boolean => done || stage > 0;

/** How many of the labels' waits are over with their rows made. */
export const stageOf = ({ done, stage }: Use, { waits }: CompiledBlueprint): number => (done ? waits.length : stage);

/** It says nothing but that the decision was shown. */
export function isActivationAlone({ activation, values }: Pick<PendingObservation, "activation" | "values">): boolean {
  if (!activation) return false;
  for (const _ in values) return false;
  return true;
}

/** When a decision was shown, event times in ms. */
export interface Shown {
  /**
   * There are rows from then on: a deferred decision's first activation, infinity without one. Minus infinity: it is not
   * deferred, or an earlier release has made rows of it without an activation.
   */
  readonly from: number;
  /** Of a deferred decision all activations: each may have been the first one once, with a row. */
  readonly times: readonly number[];
}

export const always: Shown = Object.freeze({ from: Number.NEGATIVE_INFINITY, times: Object.freeze([]) });

/** @param own the kept observations that belong to the decision */
export function shownOf(
  use: Use,
  decision: DecisionRecorded,
  compiled: CompiledBlueprint,
  own: readonly PendingObservation[],
): Shown {
  if (!decision.deferred) return always;
  const end = joinEnd(decision, compiled);
  const times = own.filter(({ activation, time }) => activation && time < end).map(({ time }) => time);
  if (times.length === 0 && hasRows(use)) return always;
  return { from: times.reduce((first, time) => Math.min(first, time), Number.POSITIVE_INFINITY), times };
}

/** The last one; minus infinity without any. */
export const lastOf = (times: readonly number[]): number =>
  times.reduce((last, time) => Math.max(last, time), Number.NEGATIVE_INFINITY);

/** The record of an open decision. */
export const madeOf = (made: readonly Made[], { useCase, decidedAt }: Use): Made | undefined =>
  made.find(({ decision }) => decision.useCase === useCase && decision.decisionTime === decidedAt);

/** The decision whose turn comes when this one is closed. */
export const nextOf = (made: readonly Made[], { useCase, decidedAt }: Use): Made | undefined =>
  made.find(({ decision }) => decision.useCase === useCase && decision.decisionTime > decidedAt);

export type Coming =
  /** It opens: there was none, or the one before is closed and this one is made anew. */
  | "opens"
  /** It waits until the one before is closed. */
  | "waits"
  /** It is the known one, or a former one. */
  | "known"
  /** Two records of one id: it is the earlier one, and the other has no row. */
  | "replaces"
  /** Two records of one id: the other one is the earlier one, or has its row. */
  | "refused";

/**
 * The relation of a new decision to the known one of its use case and id. Two records may conflict, without one being
 * made anew after the answer's retention. Then the earlier one counts, at the same time that of the lesser unit, in any
 * order of arrival.
 * @param made the records of the id, if `use` is open
 */
export function comingOf(decision: DecisionRecorded, use: Use | undefined, made: readonly Made[]): Coming {
  if (use === undefined) return "opens";
  const { decisionTime: time, repeatOf, unit } = decision;
  if (use.closedTime !== null && time === use.closedTime) return "known";
  if (!use.open) return repeatOf !== null && time > (use.closedTime ?? Number.NEGATIVE_INFINITY) ? "opens" : "refused";
  const other = madeOf(made, use)!.decision;
  if (time === other.decisionTime && unit === other.unit) return "known";
  if (repeatOf !== null && time > other.decisionTime) {
    const next = nextOf(made, use)?.decision;
    return next === undefined ? "waits" : time === next.decisionTime && unit === next.unit ? "known" : "refused";
  }
  const earlier = time < other.decisionTime || (time === other.decisionTime && unit < other.unit);
  return earlier && !hasRows(use) ? "replaces" : "refused";
}
