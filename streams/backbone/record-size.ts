import { StreamsError } from "../errors.ts";
import { streamsLimits } from "../limits.ts";
import { MAX_RECORD_BYTES, type Headers, type LogRecord, type OutgoingRecord } from "./backbone.ts";

const { headerNameBytes, recordHeaders } = streamsLimits;

/** Bytes of a record's key, value and headers; framing is not counted. */
export function recordSize(record: Pick<OutgoingRecord, "key" | "value" | "headers">): number {
  let size = (record.key?.length ?? 0) + (record.value?.length ?? 0);
  for (const name in record.headers) size += Buffer.byteLength(name) + record.headers[name]!.length;
  return size;
}

/** The problem of a record's headers; `undefined`: none. Their bytes count with the record's. */
export function headersProblem(headers: Headers): string | undefined {
  let count = 0;
  for (const name in headers) {
    count++;
    if (name.length * 3 > headerNameBytes && Buffer.byteLength(name) > headerNameBytes) {
      return `the name of header ${name.slice(0, 40)}... has ${Buffer.byteLength(name)} bytes; at most ${headerNameBytes} are taken`;
    }
  }
  return count > recordHeaders ? `it has ${count} headers; at most ${recordHeaders} are taken` : undefined;
}

/**
 * Memory of a record in Node, beside its content: the object, and views of its key, its value and one or two headers.
 * Each view takes 120 bytes whatever its length.
 */
const OVERHEAD = 400;

/** Approximate memory of a record that was read, bytes. */
export function heldBytes({ key, value }: LogRecord): number {
  return OVERHEAD + (key?.length ?? 0) + (value?.length ?? 0);
}

/** Number of the records that fit into `maxBytes`: at least one if there is one, at most `limit`. */
export function fittingCount(records: readonly LogRecord[], limit: number, maxBytes: number): number {
  let bytes = 0;
  const end = Math.min(records.length, limit);
  for (let at = 0; at < end; at++) {
    bytes += heldBytes(records[at]!);
    if (bytes > maxBytes) return Math.max(1, at);
  }
  return end;
}

/** Throws `RECORD_TOO_LARGE` for the first record over `MAX_RECORD_BYTES`, or with too many headers. */
export function checkSizes(records: readonly OutgoingRecord[]): void {
  for (const record of records) {
    const problem = record.headers === undefined ? undefined : headersProblem(record.headers);
    if (problem !== undefined) {
      throw new StreamsError("RECORD_TOO_LARGE", `a record for ${record.topic} can't be written: ${problem}`);
    }
    const size = recordSize(record);
    if (size > MAX_RECORD_BYTES) {
      throw new StreamsError(
        "RECORD_TOO_LARGE",
        `a record for ${record.topic} has ${size} bytes; at most ${MAX_RECORD_BYTES} fit: send less in it`,
      );
    }
  }
}
