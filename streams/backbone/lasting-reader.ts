import { isPassingRead } from "../insist.ts";
import type { Outage } from "../outage.ts";
import type { Backbone, Fetch, Position, Reader, TopicPartition } from "./backbone.ts";

const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 2_000;

/**
 * A reader that outlasts outages of any length. While the log can't be read, `poll` gives nothing; then it goes on
 * behind the last record it gave. An error that another attempt can't mend is an error of `poll`, as of any reader.
 */
export class LastingReader implements Reader {
  readonly #backbone: Pick<Backbone, "reader">;
  readonly #outage: Outage;
  /** The next positions, by `topic/partition`. */
  readonly #next = new Map<string, Position>();
  readonly #paused = new Map<string, TopicPartition>();
  #reader: Reader | undefined;
  #failure: { readonly error: unknown } | undefined;
  #waitMs = FIRST_WAIT_MS;
  #closed = false;
  readonly #sleepers = new Set<() => void>();

  /** Rejects if the log can't be read at the call. */
  static async open(
    backbone: Pick<Backbone, "reader">,
    positions: readonly Position[],
    outage: Outage,
  ): Promise<LastingReader> {
    return new LastingReader(backbone, positions, outage, await backbone.reader(positions));
  }

  private constructor(
    backbone: Pick<Backbone, "reader">,
    positions: readonly Position[],
    outage: Outage,
    reader: Reader,
  ) {
    this.#backbone = backbone;
    this.#outage = outage;
    this.#reader = reader;
    for (const position of positions) this.#next.set(nameOf(position), position);
  }

  async poll(maxWaitMs: number, maxRecords?: number): Promise<readonly Fetch[]> {
    if (this.#failure !== undefined) throw this.#failure.error;
    const reader = this.#reader;
    if (reader === undefined) {
      await this.#sleep(maxWaitMs);
      return [];
    }
    try {
      const fetches = await reader.poll(maxWaitMs, maxRecords);
      for (const { topic, partition, records } of fetches) {
        this.#next.set(`${topic}/${partition}`, { topic, partition, offset: records.at(-1)!.offset + 1 });
      }
      this.#outage.ended();
      this.#waitMs = FIRST_WAIT_MS;
      return fetches;
    } catch (error) {
      if (this.#closed || !isPassingRead(error)) throw error;
      this.#outage.failed(error);
      this.#reader = undefined;
      // Beside the polls: opening may take as long as the outage.
      void this.#reopen(reader);
      return [];
    }
  }

  async #reopen(before: Reader): Promise<void> {
    await before.close().catch(() => undefined);
    while (!this.#closed) {
      await this.#sleep(this.#waitMs);
      this.#waitMs = Math.min(this.#waitMs * 2, LONGEST_WAIT_MS);
      if (this.#closed) return;
      try {
        const reader = await this.#backbone.reader([...this.#next.values()]);
        reader.pause([...this.#paused.values()]);
        if (this.#closed) return await reader.close();
        this.#reader = reader;
        return;
      } catch (error) {
        if (this.#closed) return;
        if (!isPassingRead(error)) {
          this.#failure = { error };
          return;
        }
        this.#outage.failed(error);
      }
    }
  }

  /** Until the time is over, or the reader is closed. */
  async #sleep(ms: number): Promise<void> {
    if (ms <= 0 || this.#closed) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => wake(), ms);
      const wake = (): void => {
        clearTimeout(timer);
        this.#sleepers.delete(wake);
        resolve();
      };
      this.#sleepers.add(wake);
    });
  }

  pause(partitions: readonly TopicPartition[]): void {
    for (const at of partitions) this.#paused.set(nameOf(at), at);
    this.#reader?.pause(partitions);
  }

  resume(partitions: readonly TopicPartition[]): void {
    for (const at of partitions) this.#paused.delete(nameOf(at));
    this.#reader?.resume(partitions);
  }

  seek(position: Position): void {
    this.#next.set(nameOf(position), position);
    this.#reader?.seek(position);
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const wake of this.#sleepers) wake();
    this.#outage.givenUp();
    await this.#reader?.close();
  }
}

const nameOf = ({ topic, partition }: TopicPartition): string => `${topic}/${partition}`;
