import type { Fetch, GroupReader, Position, Reader, TopicPartition } from "./backbone.ts";

/** A member of a group that reads by a reader of its own. */
export abstract class ReaderGroup<R extends Reader & { wake(): void }> implements GroupReader {
  protected readonly reader: R;

  constructor(reader: R) {
    this.reader = reader;
  }

  abstract poll(maxWaitMs: number, maxRecords?: number): Promise<readonly Fetch[]>;
  abstract commit(positions: readonly Position[]): Promise<void>;

  pause(partitions: readonly TopicPartition[]): void {
    this.reader.pause(partitions);
  }

  resume(partitions: readonly TopicPartition[]): void {
    this.reader.resume(partitions);
  }

  seek(position: Position): void {
    this.reader.seek(position);
  }

  wake(): void {
    this.reader.wake();
  }

  close(): Promise<void> {
    return this.reader.close();
  }
}
