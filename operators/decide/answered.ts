import { decisionReplies, type DecisionRecorded, type DecisionReplied } from "../../schemas/index.ts";
import type { RetentionConfig } from "../../blueprints/index.ts";
import { avroStore, defineTopic } from "../../streams/index.ts";

/** What is known of a decision id that was answered: its answer and then, for longer, only that there was one. */
export interface Answered {
  /** Null once the answer's retention is over. */
  readonly reply: DecisionReplied | null;
  /** Time of the first decision under this id, ms. */
  readonly first: number;
  /** Event time, ms, at which this entry gives way to the next: the answer to its mark, the mark to nothing. */
  readonly until: number;
  /** Event time, ms, at which nothing is left. */
  readonly forgetAt: number;
}

export function answeredWith(decision: DecisionRecorded, reply: DecisionReplied, retention: RetentionConfig): Answered {
  const { decisionTime, repeatOf } = decision;
  const until = decisionTime + retention.answersMs;
  return { reply, first: repeatOf ?? decisionTime, until, forgetAt: decisionTime + retention.repeatsMs };
}

/** What is left at an event time; `undefined`: nothing. */
export function leftAt(answered: Answered, time: number): Answered | undefined {
  if (time < answered.until) return answered;
  return time < answered.forgetAt ? { ...answered, reply: null, until: answered.forgetAt } : undefined;
}

export const answeredStore = avroStore<Answered>(
  defineTopic({
    name: "decide-answered",
    schema: {
      type: "record",
      name: "Answered",
      namespace: "loopstream.state",
      fields: [
        { name: "reply", type: ["null", decisionReplies.schema] },
        { name: "first", type: "long" },
        { name: "until", type: "long" },
        { name: "forgetAt", type: "long" },
      ],
    },
  }),
);
