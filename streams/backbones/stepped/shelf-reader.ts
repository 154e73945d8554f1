import type { Fetch, Position, Reader, TopicPartition } from "../../backbone/backbone.ts";
import { Wakeup } from "../../backbone/wakeup.ts";
import type { Shelf } from "./shelf.ts";

interface Cursor extends TopicPartition {
  position: number;
  paused: boolean;
}

/** Reads the shown records, and beside them those of another reader. */
export class ShelfReader implements Reader {
  readonly #shelf: Shelf;
  readonly #beside: Reader | undefined;
  readonly #cursors = new Map<string, Cursor>();
  readonly #unwatch: () => void;
  #polling: Promise<void> | undefined;
  #arrived: readonly Fetch[] = [];
  #failure: unknown;
  readonly #wakeup = new Wakeup();

  constructor(shelf: Shelf, positions: readonly Position[], beside?: Reader) {
    this.#shelf = shelf;
    this.#beside = beside;
    this.#unwatch = shelf.watch(() => this.wake());
    for (const position of positions) this.add(position);
  }

  add({ topic, partition, offset }: Position): void {
    this.#cursors.set(nameOf({ topic, partition }), { topic, partition, position: offset, paused: false });
  }

  async poll(maxWaitMs: number, maxRecords = 4_096): Promise<readonly Fetch[]> {
    this.#wakeup.arm();
    this.#pollBeside(maxWaitMs);
    const ready = this.#take(maxRecords);
    if (ready.length > 0 || maxWaitMs <= 0) return ready;
    await this.#wakeup.sleep(maxWaitMs);
    return this.#take(maxRecords);
  }

  /** A poll that goes on when this reader is woken is asked for its records later. */
  #pollBeside(maxWaitMs: number): void {
    if (this.#beside === undefined || this.#polling !== undefined || this.#arrived.length > 0) return;
    this.#polling = this.#beside
      .poll(maxWaitMs)
      .then(
        (fetches) => void (this.#arrived = fetches),
        (error: unknown) => void (this.#failure = error),
      )
      .finally(() => {
        this.#polling = undefined;
        this.wake();
      });
  }

  #take(maxRecords: number): readonly Fetch[] {
    if (this.#failure !== undefined) {
      const failure = this.#failure;
      this.#failure = undefined;
      throw failure;
    }
    const fetches = [...this.#arrived];
    this.#arrived = [];
    let room = maxRecords;
    for (const cursor of this.#cursors.values()) {
      if (room <= 0) break;
      if (cursor.paused) continue;
      const records = this.#shelf.read(cursor, cursor.position, room);
      if (records.length === 0) continue;
      cursor.position = records.at(-1)!.offset + 1;
      room -= records.length;
      fetches.push({ topic: cursor.topic, partition: cursor.partition, records });
    }
    return fetches;
  }

  wake(): void {
    this.#wakeup.wake();
  }

  pause(partitions: readonly TopicPartition[]): void {
    this.#set(partitions, true);
    this.#beside?.pause(this.#others(partitions));
  }

  resume(partitions: readonly TopicPartition[]): void {
    this.#set(partitions, false);
    this.#beside?.resume(this.#others(partitions));
    this.wake();
  }

  #set(partitions: readonly TopicPartition[], paused: boolean): void {
    for (const at of partitions) {
      const cursor = this.#cursors.get(nameOf(at));
      if (cursor !== undefined) cursor.paused = paused;
    }
  }

  #others(partitions: readonly TopicPartition[]): readonly TopicPartition[] {
    return partitions.filter((at) => !this.#cursors.has(nameOf(at)));
  }

  seek(position: Position): void {
    const cursor = this.#cursors.get(nameOf(position));
    if (cursor === undefined) this.#beside?.seek(position);
    else cursor.position = position.offset;
    this.wake();
  }

  async close(): Promise<void> {
    this.#unwatch();
    this.#cursors.clear();
    await this.#beside?.close();
    await this.#polling;
    this.wake();
  }
}

const nameOf = ({ topic, partition }: TopicPartition): string => `${topic}/${partition}`;
