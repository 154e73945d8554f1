import type { GroupReader, TopicPartition } from "../../backbone/backbone.ts";
import type { Task } from "../../task/task.ts";

/** Share of the bound at which reading goes on. */
const RESUME_BELOW = 1 / 2;

/**
 * Bounds memory. Once the unhandled records of all tasks take this many bytes, every partition with queued records is
 * paused, until half of them is handled. An empty partition is never paused: its task may be waiting for it. One
 * `poll`, at most `MAX_POLL_BYTES` or one record, comes on top.
 */
export class Backpressure {
  readonly #maxBytes: number;
  /** Of which group; another one knows nothing of it. */
  #group: GroupReader | undefined;
  #paused: readonly TopicPartition[] = [];

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /**
   * Call it after each pass.
   * @returns records and bytes that are queued.
   */
  apply(tasks: Iterable<Task>, group: GroupReader): { readonly records: number; readonly bytes: number } {
    if (this.#group !== group) [this.#group, this.#paused] = [group, []];
    let [records, bytes] = [0, 0];
    const queued: TopicPartition[] = [];
    for (const task of tasks) {
      for (const input of task.inputs) {
        records += input.length;
        bytes += input.bytes;
        if (input.length > 0) queued.push({ topic: input.topic.name, partition: input.partition });
      }
    }
    if (bytes >= this.#maxBytes) {
      const idle = this.#paused.filter((at) => !queued.some((other) => same(at, other)));
      if (idle.length > 0) group.resume(idle);
      group.pause(queued);
      this.#paused = queued;
    } else if (this.#paused.length > 0 && bytes < this.#maxBytes * RESUME_BELOW) {
      group.resume(this.#paused);
      this.#paused = [];
    }
    return { records, bytes };
  }
}

const same = (a: TopicPartition, b: TopicPartition): boolean => a.topic === b.topic && a.partition === b.partition;
