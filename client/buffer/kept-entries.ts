import type { Outage } from "../../streams/client/index.ts";
import type { Spool } from "../spool/spool.ts";
import { answer, type Entry } from "./entry.ts";

const AGAIN_MS = 1_000;

/** Entries that wait: in memory, and on the disk if there is a spool. Answers calls that have waited long enough. */
export class KeptEntries {
  readonly #spool: Spool | undefined;
  readonly #outage: Outage;
  /** Those that the disk did not take. */
  readonly #refused = new Set<Entry>();
  #again: NodeJS.Timeout | undefined;
  #onDisk = 0;

  /** @param outage hears of a disk that takes nothing. */
  constructor(spool: Spool | undefined, outage: Outage) {
    this.#spool = spool;
    this.#outage = outage;
  }

  get onDisk(): number {
    return this.#onDisk;
  }

  /** An entry that a former client left on the disk. */
  adopt(entry: Entry, number: number): void {
    entry.spooled = number;
    entry.onDisk = true;
    this.#onDisk++;
  }

  /** It can't be stored now: it goes to the disk, if there is a spool. */
  keep(entry: Entry): void {
    if (this.#spool === undefined || entry.spooled !== undefined || entry.record.what === "decision") return;
    const { number, written } = this.#spool.keep(entry.record, entry.from);
    entry.spooled = number;
    written.then(
      () => this.#written(entry, number),
      (error: unknown) => this.#failed(entry, number, error),
    );
  }

  /** Its call has waited as long as it may. */
  late(entry: Entry): void {
    if (entry.call === undefined) return;
    entry.call.late = true;
    if (entry.onDisk) answer(entry, ({ resolve }) => resolve("disk"));
    else if (this.#spool === undefined || this.#outage.lasting) answer(entry, ({ resolve }) => resolve("memory"));
    this.keep(entry);
  }

  /** It is stored, or refused. */
  drop(entry: Entry): void {
    this.#refused.delete(entry);
    if (entry.onDisk) this.#onDisk--;
    if (entry.spooled !== undefined) this.#spool?.forget(entry.spooled);
    entry.spooled = undefined;
    entry.onDisk = false;
  }

  #written(entry: Entry, number: number): void {
    this.#outage.ended();
    // It was stored meanwhile.
    if (entry.spooled !== number) return;
    entry.onDisk = true;
    this.#onDisk++;
    if (entry.call?.late === true) answer(entry, ({ resolve }) => resolve("disk"));
  }

  #failed(entry: Entry, number: number, error: unknown): void {
    if (entry.spooled !== number) return;
    entry.spooled = undefined;
    this.#outage.failed(error);
    this.#refused.add(entry);
    if (entry.call?.late === true) answer(entry, ({ resolve }) => resolve("memory"));
    this.#again ??= setTimeout(() => {
      this.#again = undefined;
      const waiting = [...this.#refused];
      this.#refused.clear();
      for (const each of waiting) this.keep(each);
    }, AGAIN_MS);
  }

  /** The last attempt for those that wait. @returns the number on the disk. */
  async close(entries: Iterable<Entry>): Promise<number> {
    clearTimeout(this.#again);
    for (const entry of entries) this.keep(entry);
    await this.#spool?.close();
    clearTimeout(this.#again);
    this.#outage.givenUp();
    return this.#onDisk;
  }
}
