import type { IteratorOptions } from "classic-level";
import { StreamsError } from "../../errors.ts";
import { reasonOf, type Outage } from "../../outage.ts";
import { WriteQueue, type LogDatabase, type Operation, type WriteOptions } from "./write-queue.ts";

/** In ms, before the database is opened again after another failure: doubled each time. The first time nothing is waited. */
const REOPEN_AFTER_MS = 100;
const REOPEN_AFTER_MOST_MS = 5_000;
const REFUSE_AFTER_MS = 10;
/** Entries that the database hands over in one call. */
const MOST_AT_ONCE = 1_000;

export interface LogStoreOptions {
  /** For messages. */
  readonly dir: string;
  readonly database: LogDatabase;
  readonly outage: Outage;
  /** Writes, and makes the write durable as the log's mode says. */
  readonly write: (operations: readonly Operation[], durable: boolean) => Promise<void>;
  /** Once it resolves, all earlier writes are on the disk. */
  readonly sync: () => Promise<void>;
  /** Makes the folder ready to be opened again. */
  readonly prepare: () => Promise<void>;
  /** The database was opened anew: memory has to be loaded from it. */
  readonly reopened: () => Promise<void>;
}

/**
 * The log's database. A failed write may be there, or a part of it. LevelDB would put later writes behind the torn one,
 * and lose them with it. So after a failure nothing more is written: the database is closed and opened anew, which
 * keeps whole writes only. All writes that wait, and all that come meanwhile, get `BACKBONE_UNAVAILABLE` and may be
 * tried again.
 */
export class LogStore {
  readonly #options: LogStoreOptions;
  readonly #database: LogDatabase;
  readonly #queue: WriteQueue;
  readonly #closing = Promise.withResolvers<void>();
  #failure: StreamsError | undefined;
  #reopening: Promise<void> | undefined;
  #closed = false;
  #waitMs = 0;

  constructor(options: LogStoreOptions) {
    this.#options = options;
    this.#database = options.database;
    this.#queue = new WriteQueue({
      write: async (operations, durable) => {
        await options.write(operations, durable);
        this.#waitMs = 0;
      },
      failed: (error) => this.fail(error),
    });
  }

  /** False while the database is being opened anew: nothing can be read or written. */
  get available(): boolean {
    return this.#failure === undefined;
  }

  /** Throws if nothing can be written now. Call it before offsets are given out. */
  check(): void {
    if (this.#closed) throw new StreamsError("CLOSED", "the embedded backbone is closed");
    if (this.#failure !== undefined) throw this.#failure;
  }

  get(key: Buffer): Buffer | undefined {
    return this.#database.getSync(key);
  }

  getMany(keys: Buffer[]): Promise<(Buffer | undefined)[]> {
    return this.#database.getMany(keys);
  }

  all(range: IteratorOptions<Buffer, Buffer>): Promise<[Buffer, Buffer][]> {
    return this.#database.iterator(range).all();
  }

  iterator(range: IteratorOptions<Buffer, Buffer>): AsyncIterable<readonly [Buffer, Buffer]> {
    return this.#database.iterator(range);
  }

  /** The same, many at a time: the database hands over at most `atOnce` bytes of them, and at least one. */
  async *runs(
    range: IteratorOptions<Buffer, Buffer>,
    atOnce: number,
  ): AsyncIterable<readonly (readonly [Buffer, Buffer])[]> {
    const iterator = this.#database.iterator({ ...range, highWaterMarkBytes: atOnce });
    try {
      for (;;) {
        const run = await iterator.nextv(MOST_AT_ONCE);
        if (run.length === 0) return;
        yield run;
      }
    } finally {
      await iterator.close();
    }
  }

  keys(range: IteratorOptions<Buffer, Buffer>): Promise<Buffer[]> {
    return this.#database.keys(range).all();
  }

  /** Gives the room of deleted records in the range back to the disk. */
  compact({ gte, lt }: { readonly gte: Buffer; readonly lt: Buffer }): Promise<void> {
    return this.#database.compactRange(gte, lt);
  }

  /**
   * Rejects with the error of `check`, a moment later: callers that try again at once would keep the database from
   * being opened.
   */
  async refuse(): Promise<never> {
    const failure = this.#failure;
    await this.#pause(REFUSE_AFTER_MS);
    this.check();
    throw failure!;
  }

  /** `stored` runs, in the order of submission, before the promise resolves. */
  async submit(operations: readonly Operation[], stored: () => void, options: WriteOptions = {}): Promise<void> {
    if (!this.available) await this.refuse();
    this.check();
    await this.#queue.submit(operations, stored, options);
  }

  /** Nothing more is written to the database as it is open now. */
  fail(error: unknown): StreamsError {
    const { dir } = this.#options;
    this.#failure ??= new StreamsError(
      "BACKBONE_UNAVAILABLE",
      `the log in ${dir} can't be written (${reasonOf(error)}): it is opened anew, try again`,
      error,
    );
    this.#reopening ??= this.#reopen(error).finally(() => {
      this.#reopening = undefined;
    });
    return this.#failure;
  }

  async #reopen(cause: unknown): Promise<void> {
    const { outage, prepare, reopened } = this.#options;
    for (let error = cause; !this.#closed;) {
      outage.failed(error);
      if (this.#waitMs > 0) await this.#pause(this.#waitMs);
      this.#waitMs = Math.min(Math.max(REOPEN_AFTER_MS, 2 * this.#waitMs), REOPEN_AFTER_MOST_MS);
      if (this.#closed) break;
      try {
        await this.#database.close();
        await prepare();
        await this.#database.open();
        await reopened();
        this.#failure = undefined;
        return outage.ended();
      } catch (again) {
        error = again;
      }
    }
    outage.givenUp();
  }

  async #pause(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, ms);
    await Promise.race([promise, this.#closing.promise]);
    clearTimeout(timer);
  }

  /**
   * Waits for writes under way, not for a database that can't be opened again. Syncs the rest to the disk, if the disk
   * takes it.
   */
  async close(): Promise<void> {
    this.#closed = true;
    this.#closing.resolve();
    await this.#queue.drained();
    await this.#reopening;
    try {
      if (this.available) await this.#options.sync();
    } finally {
      await this.#database.close();
    }
  }
}
