import type { LogRecord, PartitionOffsets, TopicPartition } from "../../backbone/backbone.ts";

interface Board {
  base: number;
  records: LogRecord[];
}

/** The records of the step at hand, by partition, with positions that go on from step to step. */
export class Shelf {
  readonly #boards = new Map<string, Board>();
  readonly #watchers = new Set<() => void>();

  open({ topic, partition }: TopicPartition, base: number): void {
    this.#boards.set(`${topic}/${partition}`, { base, records: [] });
  }

  put(at: TopicPartition, records: readonly LogRecord[]): void {
    const board = this.#board(at);
    for (const record of records) board.records.push(record);
  }

  read(at: TopicPartition, position: number, most: number): readonly LogRecord[] {
    const { base, records } = this.#board(at);
    const from = Math.max(0, position - base);
    return records.slice(from, from + most);
  }

  offsets({ topic, partition }: TopicPartition): PartitionOffsets {
    const { base, records } = this.#board({ topic, partition });
    return { topic, partition, start: base, end: base + records.length };
  }

  /** Everything has been handled. */
  clear(): void {
    for (const board of this.#boards.values()) {
      board.base += board.records.length;
      board.records = [];
    }
  }

  #board({ topic, partition }: TopicPartition): Board {
    return this.#boards.get(`${topic}/${partition}`)!;
  }

  /** Calls `wake` when there are new records. @returns a function that ends the watch. */
  watch(wake: () => void): () => void {
    this.#watchers.add(wake);
    return () => void this.#watchers.delete(wake);
  }

  wake(): void {
    for (const wake of this.#watchers) wake();
  }
}
