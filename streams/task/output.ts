import type { Headers } from "../backbone/backbone.ts";
import type { Origin } from "../operator.ts";
import type { Serdes } from "../serde/serdes.ts";
import type { AnyTopic } from "../topic.ts";
import type { Series } from "../metrics/series.ts";
import { deadLetter, letterKey, type DeadLetterValue } from "./dead-letter.ts";
import type { Queued } from "./input.ts";
import type { RecordRoom } from "./record-room.ts";

/** An encoded record on its way out. */
export interface Output {
  readonly topic: string;
  readonly partition: number | undefined;
  readonly key: string;
  readonly value: Uint8Array;
  readonly time: number;
  readonly headers: Headers;
  /** When the input was fetched, ms of the monotonic clock; `undefined`: nothing asks for it. */
  readonly fetchedAt: number | undefined;
  /** The record says how long its making took. */
  readonly measured: boolean;
  /** Counts the record once it is committed. */
  readonly series: Series | undefined;
  /** Set for replies: the request, which becomes a dead letter if the place it names is not there. */
  readonly request: AskedRecord | undefined;
}

/** A request as its dead letter needs it. */
export interface AskedRecord {
  readonly origin: Origin;
  readonly operator: string;
  readonly raw: Queued["raw"] | undefined;
  /** The reply goes to a topic that is not the application's. */
  readonly elsewhere: boolean;
}

/** The parts needed to write a dead letter. */
export interface LetterParts {
  readonly serdes: Serdes;
  readonly deadLetters: AnyTopic;
  readonly room: RecordRoom;
}

/** A dead letter on its way out. It counts once it is stored. */
export interface OutgoingLetter {
  readonly letter: DeadLetterValue;
  readonly output: Output;
}

export function outgoingLetter(
  { serdes, deadLetters, room }: LetterParts,
  origin: Origin,
  operator: string,
  error: unknown,
  time: number,
  raw?: Queued["raw"],
): OutgoingLetter {
  const letter = deadLetter(origin, operator, error, raw, room.of(deadLetters.name));
  const output = {
    topic: deadLetters.name,
    partition: undefined,
    key: letterKey(letter),
    value: serdes.encode(deadLetters, letter),
    time,
    headers: {},
    fetchedAt: undefined,
    measured: false,
    series: undefined,
    request: undefined,
  };
  return { letter, output };
}

/** Of an output, beside its value. */
const OVERHEAD = 200;

/** Approximate bytes of outputs in memory. */
export function bytesOf(outputs: readonly Output[]): number {
  return outputs.reduce((sum, { value }) => sum + OVERHEAD + value.length, 0);
}
