import { decisions, observations, type DecisionRecorded, type ObservationRecorded } from "../../schemas/index.ts";
import { defineOperator, inTurn, type StreamRecord, type Topic } from "../../streams/index.ts";
import { fireTimer } from "./fire-timer.ts";
import { idOf, moreKey, nameKey, readTimer } from "./keys.ts";
import { Labellings } from "./labellings.ts";
import { observationId } from "./logic.ts";
import { parts, type JoinContext, type JoinTimes } from "./parts.ts";
import { takeDecision } from "./take-decision.ts";
import { takeObservation } from "./take-observation.ts";

export interface JoinOptions extends JoinTimes {
  /** Default the topic of decisions. */
  readonly decisions?: Topic<DecisionRecorded>;
}

/** Nobody reads the edge then. */
const { misfits: _, ...untold } = parts.out;

export const joinDefaults: JoinOptions = Object.freeze({ orphanMs: 7 * 24 * 3_600_000 });

/**
 * Joins decisions and observations by use case and decision id into labelled decisions. The row is made at decision
 * time + the longest wait of a label, from all observations before then in event time. Until the join's TTL a late
 * observation corrects it. The result depends on the records alone, not on the order of their arrival. An observation
 * without a use case belongs to the decisions of its id in every one. The number of kept observations of one decision
 * is bounded (`recordLimits`); further ones are dead letters.
 */
export const join = (options: JoinOptions = joinDefaults) => {
  const byTask = new WeakMap<JoinContext, Labellings>();
  const labellingsOf = (context: JoinContext): Labellings => {
    let labellings = byTask.get(context);
    if (labellings === undefined) byTask.set(context, (labellings = new Labellings()));
    return labellings;
  };
  return defineOperator({
    name: "join",
    ...parts,
    out: (options.misfits === false ? untold : parts.out) as typeof parts.out,
    in: { decisions: options.decisions ?? decisions, observations },
    recordKey: idOf,
    reads: {
      decisions: ({ key }) => [["pending", key]],
      observations: (record) => [...known(record.key), ["names", nameOf(record)]],
    },
    timerReads({ key }) {
      const timer = readTimer(key);
      if (timer.kind !== "orphan" || timer.index === null) return known(timer.id);
      return [...known(timer.id), ["more", moreKey(timer.index, timer.id)]];
    },
    handlers: {
      decisions: (records, context) => inTurn(records, (record) => takeDecision(record, context, options)),
      observations(records, context) {
        const labellings = labellingsOf(context);
        return inTurn(records, (record) => takeObservation(record, context, options, labellings));
      },
    },
    onTimer: (timer, context) => fireTimer(timer, context, options, labellingsOf(context)),
  });
};

const known = (id: string): readonly (readonly ["pending" | "decided", string])[] => [
  ["pending", id],
  ["decided", id],
];

const nameOf = (record: StreamRecord<ObservationRecorded>): string =>
  nameKey(record.key, record.value.useCase, observationId(record));
