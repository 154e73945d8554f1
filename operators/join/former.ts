import { formerDecisionSchema, withoutKeys, type FormerDecision } from "../../schemas/index.ts";
import { avroStore, defineTopic } from "../../streams/index.ts";
import { NEVER, nothing, type Made, type PendingObservation, type Stored, type Use } from "./known.ts";
import { sizeOf } from "./sizes.ts";

/** The join's former record of a decision id, before decisions were known by their use case: everything in one. */
interface Pending {
  readonly decision: FormerDecision | null;
  readonly observations: readonly Omit<PendingObservation, "useCase" | "optionId" | "activation">[];
  readonly done: boolean;
  readonly label: number | null;
  readonly closed: boolean;
  readonly next: FormerDecision | null;
  readonly closedTime: number | null;
}

const former = avroStore<Pending>(
  defineTopic({
    name: "join-pending-1",
    schema: {
      type: "record",
      name: "Pending",
      namespace: "loopstream.state",
      fields: [
        { name: "decision", type: ["null", formerDecisionSchema] },
        {
          name: "observations",
          type: {
            type: "array",
            items: {
              type: "record",
              name: "PendingObservation",
              fields: [
                { name: "id", type: "string" },
                { name: "time", type: "long" },
                { name: "values", type: { type: "map", values: ["null", "boolean", "double", "string"] } },
                { name: "partition", type: "int" },
                { name: "offset", type: "long" },
              ],
            },
          },
        },
        { name: "done", type: "boolean" },
        { name: "label", type: ["null", "double"] },
        { name: "closed", type: "boolean" },
        { name: "next", type: ["null", "loopstream.DecisionRecorded"] },
        { name: "closedTime", type: ["null", "long"] },
      ],
    },
  }),
);

/** A former record began with a decision, or with none. */
export const isFormer = (bytes: Uint8Array): boolean => bytes[0] === 0 || bytes[0] === 2;

/**
 * The blueprint gives the time at which an open one is closed. A closed one is forgotten by its own timer, whose key is
 * the decision id alone.
 */
export function decodeFormer(bytes: Uint8Array): Stored {
  const { decision, observations, done, label, closed, next, closedTime } = former.decode(bytes);
  const few = observations.map((one): PendingObservation => ({
    ...one,
    ...{ useCase: "", optionId: "", activation: false },
  }));
  const kept = { ...nothing, few, count: few.length, bytes: few.reduce((sum, one) => sum + sizeOf(one), 0) };
  const use = {
    from: null,
    done,
    label,
    others: null,
    stage: 0,
    closedTime,
    next: next !== null,
    owed: false,
    until: NEVER,
  };
  const uses: Use[] =
    decision !== null
      ? [{ ...use, useCase: decision.useCase, decidedAt: decision.decisionTime, open: true }]
      : closed
        ? [{ ...use, useCase: null, decidedAt: closedTime ?? 0, open: false, until: 0 }]
        : [];
  const made = [decision, next].flatMap((one): Made[] =>
    one === null ? [] : [{ decision: withoutKeys(one), partition: -1, offset: -1 }],
  );
  return { ...kept, uses, made };
}
