import { StreamsError } from "../errors.ts";
import { MAX_RECORD_BYTES, type OutgoingRecord } from "./backbone.ts";

/** Bytes of a record's key, value and headers; framing is not counted. */
export function recordSize(record: OutgoingRecord): number {
  let size = (record.key?.length ?? 0) + (record.value?.length ?? 0);
  for (const name in record.headers) size += name.length + record.headers[name]!.length;
  return size;
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
