import type { ClassicLevel } from "classic-level";

export type Operation =
  | { readonly type: "put"; readonly key: Buffer; readonly value: Buffer }
  | { readonly type: "del"; readonly key: Buffer };

export type LogDatabase = ClassicLevel<Buffer, Buffer>;

interface Write {
  readonly operations: readonly Operation[];
  readonly stored: () => void;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Group commit: what is submitted while a batch is being written goes into the next one. The operations of one
 * submission are always in one batch, so they are stored together or not at all, also under kill -9.
 */
export class WriteQueue {
  readonly #database: LogDatabase;
  #waiting: Write[] = [];
  #writing: Promise<void> | undefined;

  constructor(database: LogDatabase) {
    this.#database = database;
  }

  /** `stored` runs, in the order of submission, before the promise resolves. */
  submit(operations: readonly Operation[], stored: () => void): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ operations, stored, resolve, reject });
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
      try {
        const operations = writes.length === 1 ? writes[0]!.operations : writes.flatMap((write) => write.operations);
        if (operations.length > 0) await this.#database.batch(operations as Operation[]);
      } catch (error) {
        for (const write of writes) write.reject(error);
        continue;
      }
      for (const write of writes) {
        write.stored();
        write.resolve();
      }
    }
    this.#writing = undefined;
  }
}
