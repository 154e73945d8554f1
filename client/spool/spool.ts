import { StreamsError, type PartitionOffsets } from "../../streams/client/index.ts";
import type { KeptRecord } from "../buffer/kept-record.ts";
import { forgetFrame, fromFrame, keepFrame, type Spooled } from "./spooled.ts";
import type { SpoolFile } from "./spool-file.ts";

interface Write {
  readonly frame: Buffer;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** The file is written anew when it has more than this, and four times as much as its records need; bytes. */
const SMALL_BYTES = 16 << 20;

/**
 * Records on the disk until they are stored or refused, for the case that this process dies before. A write is on the
 * disk when it is told of; several share one sync. The file is emptied whenever nothing waits.
 */
export class Spool {
  /** Records of former processes, in their order. */
  readonly left: readonly Spooled[];
  readonly #file: SpoolFile;
  readonly #release: () => void;
  readonly #live = new Map<number, Spooled>();
  #last: number;
  #writes: Write[] = [];
  #forgotten: number[] = [];
  #running: Promise<void> | undefined;
  #closed = false;

  constructor(file: SpoolFile, left: readonly Spooled[], release: () => void) {
    this.#file = file;
    this.left = left;
    this.#release = release;
    for (const one of left) this.#live.set(one.number, one);
    this.#last = left.at(-1)?.number ?? 0;
  }

  /** `written` rejects with `STATE_UNAVAILABLE` if the disk does not take the record; it is then not in the spool. */
  keep(
    record: KeptRecord,
    from: readonly PartitionOffsets[] | undefined,
  ): { readonly number: number; readonly written: Promise<void> } {
    const number = ++this.#last;
    const one = { number, record, from };
    this.#live.set(number, one);
    const written = this.#write(keepFrame(one)).catch((error: unknown) => {
      this.#live.delete(number);
      throw error;
    });
    return { number, written };
  }

  /** Notes the place of events before they are sent. */
  keepFrom(numbers: readonly number[], from: readonly PartitionOffsets[]): Promise<void> {
    for (const number of numbers) {
      const one = this.#live.get(number);
      if (one !== undefined) this.#live.set(number, { ...one, from });
    }
    return this.#write(fromFrame(numbers, from));
  }

  /** A record that comes back, because a kill came before this was written, is sent again and counts once. */
  forget(number: number): void {
    if (this.#closed) return;
    this.#live.delete(number);
    this.#forgotten.push(number);
    this.#run();
  }

  #write(frame: Buffer): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#closed) throw new StreamsError("CLOSED", "the spool is closed: open another one");
      this.#writes.push({ frame, resolve, reject });
      this.#run();
    });
  }

  #run(): void {
    this.#running ??= this.#writeAll().finally(() => (this.#running = undefined));
  }

  async #writeAll(): Promise<void> {
    // Calls of one turn of the event loop share one write.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#writes.length > 0 || this.#forgotten.length > 0) {
      const writes = this.#writes.splice(0);
      const forgotten = this.#forgotten.splice(0);
      try {
        await this.#writeOut(writes, forgotten);
        for (const { resolve } of writes) resolve();
      } catch (error) {
        const { message } = error as Error;
        const refused = new StreamsError("STATE_UNAVAILABLE", `the spool can't be written: ${message}`, error);
        for (const { reject } of writes) reject(refused);
      }
    }
  }

  async #writeOut(writes: readonly Write[], forgotten: readonly number[]): Promise<void> {
    if (writes.length === 0 && this.#live.size === 0) return this.#file.clear();
    const frames = writes.map(({ frame }) => frame);
    if (forgotten.length > 0) frames.push(forgetFrame(forgotten));
    await this.#file.append(Buffer.concat(frames), writes.length > 0);
    if (this.#file.bytes < SMALL_BYTES) return;
    const live = [...this.#live.values()].map(keepFrame);
    const bytes = live.reduce((sum, { length }) => sum + length, 0);
    // The old file is as good, and only larger.
    if (this.#file.bytes > 4 * bytes) await this.#file.replace(live).catch(() => undefined);
  }

  /** Everything that was kept is on the disk by then, or its call has heard that it is not. */
  async close(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
    this.#closed = true;
    this.#file.close();
    this.#release();
  }
}
