import { StreamsError } from "../../errors.ts";
import type { Handle } from "./calls.ts";

/** Objects kept open for one client under numbers, and closed with its connection. */
export class Handles<T> {
  readonly #what: string;
  readonly #close: (kept: T) => Promise<void>;
  readonly #kept = new Map<Handle, T>();
  #last = 0;
  #closed = false;

  constructor(what: string, close: (kept: T) => Promise<void>) {
    this.#what = what;
    this.#close = close;
  }

  /** An object that opens after the connection has ended is closed again. */
  async keep(opening: Promise<T>): Promise<Handle> {
    const opened = await opening;
    if (this.#closed) {
      await this.#close(opened);
      throw this.#gone();
    }
    this.#kept.set(++this.#last, opened);
    return this.#last;
  }

  get(handle: Handle): T {
    const kept = this.#kept.get(handle);
    if (kept === undefined) throw this.#gone();
    return kept;
  }

  forget(handle: Handle): void {
    this.#kept.delete(handle);
  }

  async close(handle: Handle): Promise<void> {
    const kept = this.#kept.get(handle);
    this.#kept.delete(handle);
    if (kept !== undefined) await this.#close(kept);
  }

  /** Never rejects: the client that could be told of a failure has gone. */
  async closeAll(): Promise<void> {
    this.#closed = true;
    const all = [...this.#kept.values()];
    this.#kept.clear();
    await Promise.allSettled(all.map(async (kept) => this.#close(kept)));
  }

  #gone(): StreamsError {
    return new StreamsError("CLOSED", `this ${this.#what} is closed: open another one`);
  }
}
