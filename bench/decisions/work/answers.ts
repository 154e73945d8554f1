import { CORRELATION_ID, type LogRecord } from "../../../streams/index.ts";
import { actionOf, valueOf } from "./decide.ts";
import { featuresOfUnit, requestFeatures, unitIndexOf } from "./preload.ts";
import { replies, type BenchReply } from "./topics.ts";

/** Which requests of a backlog have been answered. */
export interface Answers {
  readonly seen: Uint8Array;
  count: number;
  /** Doubled, of no request, or different from the formula's result. */
  wrong: number;
}

/** One in so many replies is decoded and recomputed. */
const SAMPLE = 997;

export function check(answers: Answers, records: readonly LogRecord[]): void {
  for (const { headers, value } of records) {
    const index = Buffer.from(headers[CORRELATION_ID]!).readInt32BE();
    if (answers.seen[index] !== 0) answers.wrong++;
    else answers.seen[index] = 1;
    answers.count++;
    if (index % SAMPLE === 0 && !isRight(index, value!)) answers.wrong++;
  }
}

/** The score is the model's word; the rest follows from it and the two first features. */
function isRight(index: number, bytes: Uint8Array): boolean {
  const reply = replies.type.fromBuffer(Buffer.from(bytes).subarray(5)) as BenchReply;
  const unit = featuresOfUnit(unitIndexOf(index));
  const value = valueOf(reply.score, requestFeatures(index)[0]!, unit[0]!);
  return reply.score > 0 && reply.score < 1 && reply.value === value && reply.action === actionOf(value);
}
