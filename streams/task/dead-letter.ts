import type { LogRecord } from "../backbone/backbone.ts";
import { StreamsError } from "../errors.ts";
import type { Origin } from "../operator.ts";

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

const MOST_BYTES = 900_000;

/** `record` is absent for what never was a record: a timer, a line of a file. */
export function deadLetter(
  origin: Origin,
  operator: string,
  error: unknown,
  record?: Pick<LogRecord, "key" | "value" | "headers">,
): DeadLetterValue {
  const value = record?.value ?? null;
  const cut = value !== null && value.length > MOST_BYTES;
  return {
    topic: origin.topic,
    partition: origin.partition,
    offset: origin.offset,
    operator,
    code: error instanceof StreamsError ? error.code : "HANDLER_FAILED",
    message: error instanceof Error ? error.message : String(error),
    key: record === undefined || record.key === null ? null : Buffer.from(record.key),
    value: value === null ? null : Buffer.from(cut ? value.subarray(0, MOST_BYTES) : value),
    headers: Object.fromEntries(
      Object.entries(record?.headers ?? {}).map(([name, bytes]) => [name, Buffer.from(bytes)]),
    ),
    cut,
  };
}
