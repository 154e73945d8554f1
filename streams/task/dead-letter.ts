import { MAX_RECORD_BYTES, type Headers, type LogRecord } from "../backbone/backbone.ts";
import { streamsLimits } from "../limits.ts";
import type { Origin } from "../operator.ts";
import { shortened } from "../shortened.ts";
import { CodedError } from "../coded-error.ts";

/** A record that could not be handled, as it is written to the dead-letter topic. */
export interface DeadLetterValue {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly operator: string;
  readonly code: string;
  readonly message: string;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers: Readonly<Record<string, Uint8Array>>;
  readonly cut: boolean;
}

/** Of a letter beside its texts and bytes, and of each header beside its name and value. */
const FRAMING = 256;
const HEADER_FRAMING = 16;

/**
 * @param record absent for anything that never was a record: a timer, a line of a file.
 * @param room bytes of the largest record that the dead-letter topic takes.
 */
export function deadLetter(
  origin: Origin,
  operator: string,
  error: unknown,
  record?: Pick<LogRecord, "key" | "value" | "headers">,
  room?: number,
): DeadLetterValue {
  const letter = {
    topic: origin.topic,
    partition: origin.partition,
    offset: Number.isSafeInteger(origin.offset) ? origin.offset : -1,
    operator,
    code: error instanceof CodedError ? error.code : "HANDLER_FAILED",
    message: error instanceof Error ? error.message : String(error),
    key: record?.key ?? null,
    value: record?.value ?? null,
    headers: record?.headers ?? {},
    cut: false,
  };
  return fittingLetter(letter, room);
}

/** The key of a letter's record. */
export function letterKey({
  topic,
  partition,
  offset,
}: Pick<DeadLetterValue, "topic" | "partition" | "offset">): string {
  return `${topic}/${partition}/${offset}`;
}

/**
 * The letter, cut so that it fits with its key into a record of `room` bytes: texts first, then the value, then the
 * key, then headers in their order. `cut` is true if bytes are missing. The bytes are copies.
 */
export function fittingLetter(letter: DeadLetterValue, room: number = MAX_RECORD_BYTES): DeadLetterValue {
  const { deadLetterNameBytes, deadLetterMessageBytes, deadLetterKeyBytes, deadLetterValueBytes } = streamsLimits;
  // If the topic takes very little, the texts leave half of it to the bytes.
  const nameBytes = Math.min(deadLetterNameBytes, room >> 4);
  const topic = shortened(letter.topic, nameBytes);
  const operator = shortened(letter.operator, nameBytes);
  const code = shortened(letter.code, nameBytes);
  const message = shortened(letter.message, Math.min(deadLetterMessageBytes, room >> 3));
  const texts = [topic, topic, operator, code, message].reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  let left = Math.max(0, room - FRAMING - texts);
  const take = (bytes: Uint8Array | null, most: number): Uint8Array | null => {
    if (bytes === null) return null;
    const taken = Buffer.from(bytes.subarray(0, Math.max(0, Math.min(most, left))));
    left -= taken.length;
    return taken;
  };
  const value = take(letter.value, deadLetterValueBytes);
  const key = take(letter.key, deadLetterKeyBytes);
  const headers = takeHeaders(letter.headers, left);
  const cut =
    letter.cut ||
    value?.length !== letter.value?.length ||
    key?.length !== letter.key?.length ||
    bytesIn(headers) !== bytesIn(letter.headers);
  const { partition, offset } = letter;
  return { topic, partition, offset, operator, code, message, key, value, headers, cut };
}

/** Whole headers while they fit, then the fitting part of the next one. */
function takeHeaders(headers: Headers, room: number): Headers {
  const taken: [string, Uint8Array][] = [];
  let left = room;
  for (const [name, bytes] of Object.entries(headers)) {
    left -= HEADER_FRAMING + Buffer.byteLength(name);
    if (left < 0) break;
    const part = Buffer.from(bytes.subarray(0, left));
    taken.push([name, part]);
    left -= part.length;
  }
  return Object.fromEntries(taken);
}

function bytesIn(headers: Headers): number {
  return Object.entries(headers).reduce((sum, [name, bytes]) => sum + HEADER_FRAMING + name.length + bytes.length, 0);
}
