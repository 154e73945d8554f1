import { StreamsError } from "../errors.ts";
import { MAX_RECORD_BYTES, type LogRecord, type OutgoingRecord } from "./backbone.ts";

/** Bytes of a record's key, value and headers; framing is not counted. */
export function recordSize(record: OutgoingRecord): number {
  let size = (record.key?.length ?? 0) + (record.value?.length ?? 0);
  for (const name in record.headers) size += name.length + record.headers[name]!.length;
  return size;
}

/** Of a record in Node: the object, a view of its key, of its value and of one or two headers. Each view takes 120 bytes whatever it shows. */
const OVERHEAD = 400;

/** About what a record that was read takes in memory. */
export function heldBytes({ key, value }: LogRecord): number {
  return OVERHEAD + (key?.length ?? 0) + (value?.length ?? 0);
}

/** How many of the records fit into so many bytes, at least one where there is one, at most `limit`. */
export function fittingCount(records: readonly LogRecord[], limit: number, maxBytes: number): number {
  let bytes = 0;
  const end = Math.min(records.length, limit);
  for (let at = 0; at < end; at++) {
    bytes += heldBytes(records[at]!);
    if (bytes > maxBytes) return Math.max(1, at);
  }
  return end;
}

/** Throws `RECORD_TOO_LARGE` for the first record over `MAX_RECORD_BYTES`. */
export function checkSizes(records: readonly OutgoingRecord[]): void {
  for (const record of records) {
    const size = recordSize(record);
    if (size > MAX_RECORD_BYTES) {
      throw new StreamsError(
        "RECORD_TOO_LARGE",
        `a record for ${record.topic} has ${size} bytes; at most ${MAX_RECORD_BYTES} fit: send less in it`,
      );
    }
  }
}
