import type { Fetch, LogRecord, OutgoingRecord, Reader } from "../../backbone/backbone.ts";

/** Far below a frame's limit, because sizes are estimates, and so that other calls get through between two frames. */
export const BATCH_BYTES = 16 * 1024 * 1024;
const RECORD_OVERHEAD = 200;
const HEADER_OVERHEAD = 32;

function wireSize(record: LogRecord | OutgoingRecord): number {
  let size = RECORD_OVERHEAD + (record.key?.length ?? 0) + (record.value?.length ?? 0);
  for (const name in record.headers) size += HEADER_OVERHEAD + 2 * name.length + record.headers[name]!.length;
  return size;
}

/** The records in their order, in batches that each fit into a frame; one empty batch when there are none. */
export function batches(records: readonly OutgoingRecord[]): readonly (readonly OutgoingRecord[])[] {
  const cut: OutgoingRecord[][] = [[]];
  let size = 0;
  for (const record of records) {
    size += wireSize(record);
    if (size > BATCH_BYTES) {
      cut.push([]);
      size = wireSize(record);
    }
    cut.at(-1)!.push(record);
  }
  return cut;
}

/** As many polled records as fit into a frame. The reader goes back to the first record that is left out. */
export function fitting(fetches: readonly Fetch[], reader: Reader): readonly Fetch[] {
  const kept: Fetch[] = [];
  let size = 0;
  for (const { topic, partition, records } of fetches) {
    const count = records.findIndex((record) => (size += wireSize(record)) > BATCH_BYTES);
    if (count < 0) {
      kept.push({ topic, partition, records });
      continue;
    }
    if (count > 0) kept.push({ topic, partition, records: records.slice(0, count) });
    reader.seek({ topic, partition, offset: records[count]!.offset });
  }
  return kept;
}
