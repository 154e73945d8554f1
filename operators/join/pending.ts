import { decisions, type DecisionRecorded } from "../../schemas/index.ts";
import { avroStore, defineTopic } from "../../streams/index.ts";

export interface PendingObservation {
  readonly id: string;
  /** Event time, ms. */
  readonly time: number;
  readonly values: Readonly<Record<string, null | boolean | number | string>>;
  /** Where it was read. */
  readonly partition: number;
  readonly offset: number;
}

/** What the join knows of one decision id. */
export interface Pending {
  /** Null while only observations have come, and once the decision is closed. */
  readonly decision: DecisionRecorded | null;
  readonly observations: readonly PendingObservation[];
  /** The row has been made, or the decision has expired. */
  readonly done: boolean;
  /** The label of the last row; null without one. */
  readonly label: number | null;
  /** A decision made anew under the same id that came before this one was closed; its turn is then. */
  readonly next: DecisionRecorded | null;
  /** Time of the last decision that was closed, ms; null: none. */
  readonly closedTime: number | null;
  /** No observation is taken any more; what is left is the memory of it. */
  readonly closed: boolean;
}

export const nothing: Pending = Object.freeze({
  decision: null,
  observations: [],
  done: false,
  label: null,
  next: null,
  closedTime: null,
  closed: false,
});

export const pendingStore = avroStore<Pending>(
  defineTopic({
    name: "join-pending",
    schema: {
      type: "record",
      name: "Pending",
      namespace: "loopstream.state",
      fields: [
        { name: "decision", type: ["null", decisions.schema] },
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
