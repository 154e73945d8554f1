import type { OutgoingRecord } from "../../../../streams/backbone/backbone.ts";
import {
  BatchBuilder,
  contentSize,
  type BatchWriter,
} from "../../../../streams/backbones/kafka/records/batch-encode.ts";

/** One batch of all of the records, whatever their topics. */
export function encodeBatch(records: readonly OutgoingRecord[], writer: BatchWriter): Buffer {
  const builder = new BatchBuilder("t", 0);
  for (const record of records) builder.add(record, contentSize(record));
  return builder.finish(writer);
}
