import { decisionReplies, formerState, type DecisionRecorded, type DecisionReplied } from "../../schemas/index.ts";
import type { RetentionConfig } from "../../blueprints/index.ts";
import { avroStore, defineTopic, type AvroSchema, type StoreSpec } from "../../streams/index.ts";

/** A reply without its id and use case. */
export type Answer = Omit<DecisionReplied, "decisionId" | "useCase">;

/** The memory of an answered decision: its answer, and later, for longer, only the fact. */
export interface Answered {
  /** Null in an entry of a former format, which kept none: the id was known in any use case then. */
  readonly useCase: string | null;
  /** Null in an entry of a former format, which kept none. */
  readonly unit: string | null;
  /** Null once the answer's retention is over. */
  readonly reply: Answer | null;
  /** Time of the first decision under this id, ms. */
  readonly first: number;
  /** Event time, ms, at which this entry gives way to the next one: the answer to its mark, the mark to nothing. */
  readonly until: number;
  /** Event time, ms, at which nothing is left. */
  readonly forgetAt: number;
}

/** The answers of one decision id, an entry for each use case. */
export type AnsweredId = readonly Answered[];

export function answeredWith(
  decision: DecisionRecorded,
  { decisionId: _, useCase, ...reply }: DecisionReplied,
  retention: RetentionConfig,
): Answered {
  const { decisionTime, repeatOf, unit } = decision;
  const until = decisionTime + retention.answersMs;
  const forgetAt = decisionTime + retention.repeatsMs;
  return { useCase, unit, reply, first: repeatOf ?? decisionTime, until, forgetAt };
}

export const answeredIn = (all: AnsweredId, useCase: string): Answered | undefined =>
  all.find((one) => one.useCase === useCase) ?? all.find((one) => one.useCase === null);

/** Replaces the entry of a use case with the newest one. */
export function withAnswered(all: AnsweredId, newest: Answered): AnsweredId {
  const former = answeredIn(all, newest.useCase!);
  return former === undefined ? [...all, newest] : all.map((one) => (one === former ? newest : one));
}

/** The part that is left at an event time; `undefined`: nothing. */
export function leftAt(answered: Answered, time: number): Answered | undefined {
  if (time < answered.until) return answered;
  return time < answered.forgetAt ? { ...answered, reply: null, until: answered.forgetAt } : undefined;
}

/** The entries that count at an event time, whether or not the timers that take the others away have been fired. */
export function leftOf(all: AnsweredId, time: number): AnsweredId {
  return all.every(({ until }) => time < until) ? all : all.flatMap((one) => leftAt(one, time) ?? []);
}

const { namespace, fields } = decisionReplies.schema as {
  readonly namespace: string;
  readonly fields: readonly { readonly name: string }[];
};
const times = ["first", "until", "forgetAt"].map((name) => ({ name, type: "long" }));
const answer = {
  type: "record",
  name: "Answer",
  namespace,
  fields: fields.filter(({ name }) => name !== "decisionId" && name !== "useCase"),
};

interface Stored {
  readonly format: number;
  readonly answers: AnsweredId;
}

/** Avro writes it as the first byte 4; the former format began with 0 or 2. */
const FORMAT = 2;
const stored = avroStore<Stored>(
  defineTopic({
    name: "decide-answered",
    schema: {
      type: "record",
      name: "AnsweredId",
      namespace: "loopstream.state",
      fields: [
        { name: "format", type: "int" },
        {
          name: "answers",
          type: {
            type: "array",
            items: {
              type: "record",
              name: "Answered",
              fields: [
                { name: "useCase", type: ["null", "string"] },
                { name: "unit", type: ["null", "string"] },
                { name: "reply", type: ["null", answer] },
                ...times,
              ],
            },
          },
        },
      ],
    },
  }),
  formerState["decide.answered"],
);

/** As replies were then: they had no payload and no ranking. */
const formerReply = {
  ...(decisionReplies.schema as object),
  fields: fields.filter(({ name }) => name !== "payload" && name !== "ranking"),
} as unknown as AvroSchema;
type FormerReply = Omit<DecisionReplied, "payload" | "ranking">;

/** One entry for each id, whatever the use case. */
const former = avroStore<Omit<Answered, "useCase" | "unit" | "reply"> & { readonly reply: FormerReply | null }>(
  defineTopic({
    name: "decide-answered-1",
    schema: {
      type: "record",
      name: "Answered",
      namespace: "loopstream.state",
      fields: [{ name: "reply", type: ["null", formerReply] }, ...times],
    },
  }),
);

/** By decision id. Entries of the former format are read, and written in this one when they change. */
export const answeredStore: StoreSpec<AnsweredId> = {
  ...stored,
  encode: (answers) => stored.encode({ format: FORMAT, answers }),
  decode: (bytes) => answersIn(bytes, stored.decode),
  reading(writer) {
    const read = stored.reading!(writer);
    return (bytes) => answersIn(bytes, read);
  },
};

function answersIn(bytes: Uint8Array, read: (bytes: Uint8Array) => Stored): AnsweredId {
  if (bytes[0] === 2 * FORMAT) return read(bytes).answers;
  const { reply, ...times } = former.decode(bytes);
  const known = reply === null ? null : { ...reply, payload: null, ranking: null };
  return [{ ...times, useCase: reply?.useCase ?? null, unit: null, reply: known }];
}
