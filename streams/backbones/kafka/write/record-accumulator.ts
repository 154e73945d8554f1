import type { OutgoingRecord } from "../../../backbone/backbone.ts";
import type { BatchBuffers } from "../records/batch-buffers.ts";
import { BatchBuilder } from "../records/batch-encode.ts";

/** Well below `socket.request.max.bytes` (100 MiB), and little enough that others on the connection are not held up. */
const maxRoundBytes = 16 << 20;

/** Records that wait to be sent. Each is encoded as it comes, so a waiting record is bytes and no object. */
export class RecordAccumulator {
  readonly #topics = new Map<string, BatchBuilder[][]>();
  readonly #buffers: BatchBuffers;
  readonly #batchBytes: (topic: string) => number;

  /** @param batchBytes of the largest batch a topic takes. A record that is larger goes alone, and it is for the broker to refuse it. */
  constructor(buffers: BatchBuffers, batchBytes: (topic: string) => number) {
    this.#buffers = buffers;
    this.#batchBytes = batchBytes;
  }

  /** @param sizes each record's `contentSize`. */
  add(records: readonly OutgoingRecord[], sizes: readonly number[]): void {
    for (let at = 0; at < records.length; at++) {
      const [record, content] = [records[at]!, sizes[at]!];
      this.#builder(record, content).add(record, content);
    }
  }

  #builder({ topic, partition }: OutgoingRecord, content: number): BatchBuilder {
    let partitions = this.#topics.get(topic);
    if (partitions === undefined) this.#topics.set(topic, (partitions = []));
    const batches = (partitions[partition] ??= []);
    const last = batches[batches.length - 1];
    if (last !== undefined && last.sizeWith(content) <= this.#batchBytes(topic)) return last;
    const next = new BatchBuilder(topic, partition, this.#buffers.take());
    batches.push(next);
    return next;
  }

  /** A round has at most one batch of each partition; sent one after the other they keep the order within a partition. */
  rounds(): readonly (readonly BatchBuilder[])[] {
    const cut: { readonly batches: BatchBuilder[]; bytes: number }[] = [];
    for (const partitions of this.#topics.values()) {
      for (const batches of Object.values(partitions)) {
        let round = 0;
        for (const batch of batches) {
          while (cut[round] !== undefined && cut[round]!.bytes + batch.size > maxRoundBytes) round++;
          cut[round] ??= { batches: [], bytes: 0 };
          cut[round]!.batches.push(batch);
          cut[round]!.bytes += batch.size;
          round++;
        }
      }
    }
    return cut.map(({ batches }) => batches);
  }
}
