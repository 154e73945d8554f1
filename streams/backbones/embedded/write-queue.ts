import type { ClassicLevel } from "classic-level";

export type Operation =
  | { readonly type: "put"; readonly key: Buffer; readonly value: Buffer }
  | { readonly type: "del"; readonly key: Buffer };

export type LogDatabase = ClassicLevel<Buffer, Buffer>;

export interface WriteOptions {
  /** The write is on the disk before the promise resolves, whatever the log's mode. */
  readonly durable?: boolean;
}

interface Write {
  readonly operations: readonly Operation[];
  readonly durable: boolean;
  readonly stored: () => void;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

export interface WriteQueueOptions {
  /** Stores the operations in one atomic write. */
  readonly write: (operations: readonly Operation[], durable: boolean) => Promise<void>;
  /** A write has failed. Gives the error for all waiting submissions: they built on records that are not there. */
  readonly failed: (error: unknown) => Error;
}

/**
 * Group commit: submissions that come while a batch is being written go into the next one. The operations of one
 * submission are always in one batch, so they are stored together or not at all, also under kill -9.
 */
export class WriteQueue {
  readonly #options: WriteQueueOptions;
  #waiting: Write[] = [];
  #writing: Promise<void> | undefined;

  constructor(options: WriteQueueOptions) {
    this.#options = options;
  }

  /** `stored` runs, in the order of submission, before the promise resolves. */
  submit(operations: readonly Operation[], stored: () => void, { durable = false }: WriteOptions = {}): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ operations, durable, stored, resolve, reject });
      this.#writing ??= this.#run();
    });
  }

  async drained(): Promise<void> {
    while (this.#writing !== undefined) await this.#writing;
  }

  async #run(): Promise<void> {
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const writes = this.#waiting;
      this.#waiting = [];
      const durable = writes.some((write) => write.durable);
      try {
        const operations = writes.length === 1 ? writes[0]!.operations : writes.flatMap((write) => write.operations);
        if (operations.length > 0) await this.#options.write(operations, durable);
      } catch (error) {
        const reason = this.#options.failed(error);
        for (const write of [...writes, ...this.#waiting.splice(0)]) write.reject(reason);
        break;
      }
      for (const write of writes) {
        write.stored();
        write.resolve();
      }
    }
    this.#writing = undefined;
  }
}
