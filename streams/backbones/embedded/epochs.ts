import { randomUUID } from "node:crypto";
import type { LogHistory } from "../../backbone/log-history.ts";
import { streamsLimits } from "../../limits.ts";
import { epochKey, epochNumberOf, prefixRange } from "./keys.ts";
import type { LogStore } from "./log-store.ts";
import type { Operation } from "./write-queue.ts";

interface Epoch {
  /** Counts the epochs of this log. */
  readonly number: number;
  readonly epoch: string;
  /** By `topic/partition`: the ends when it began. */
  readonly ends: Readonly<Record<string, number>>;
}

/**
 * The log's epochs: one for each time it was opened and something was stored or somebody asked. Each begins with a record of the ends the
 * log was found with, which is on the disk before anything that belongs to the epoch.
 */
export class Epochs {
  readonly #store: LogStore;
  readonly #ends: () => Readonly<Record<string, number>>;
  #known: readonly Epoch[] = [];
  /** Of this opening: stored, or on its way. */
  #current: Epoch | undefined;

  /** @param ends of all partitions that have records, as readers see them. */
  constructor(store: LogStore, ends: () => Readonly<Record<string, number>>) {
    this.#store = store;
    this.#ends = ends;
  }

  /**
   * Loads memory from the database. @param goesOn the log has lost nothing: the present epoch, if it was stored, lasts.
   */
  async load(goesOn: boolean): Promise<void> {
    const known: Epoch[] = [];
    for await (const [key, value] of this.#store.iterator(prefixRange("h"))) {
      const { epoch, ends } = JSON.parse(value.toString()) as Omit<Epoch, "number">;
      known.push({ number: epochNumberOf(key), epoch, ends });
    }
    this.#known = known;
    const last = known.at(-1);
    if (!goesOn || last?.epoch !== this.#current?.epoch) this.#current = undefined;
  }

  /** Operations to store, durably, with the first records; none later on. */
  begin(): readonly Operation[] {
    if (this.#current !== undefined) return [];
    const number = (this.#known.at(-1)?.number ?? 0) + 1;
    this.#current = { number, epoch: randomUUID(), ends: this.#ends() };
    this.#known = [...this.#known, this.#current];
    const { epoch, ends } = this.#current;
    const operations: Operation[] = [
      { type: "put", key: epochKey(number), value: Buffer.from(JSON.stringify({ epoch, ends })) },
    ];
    const forgotten = this.#known.slice(0, -streamsLimits.logEpochs);
    this.#known = this.#known.slice(-streamsLimits.logEpochs);
    for (const old of forgotten) operations.push({ type: "del", key: epochKey(old.number) });
    return operations;
  }

  /** The history of the records stored until now. */
  get history(): LogHistory {
    const past = this.#known.flatMap(({ number, ends }, at) => {
      const before = this.#known[at - 1];
      if (before === undefined && number > 1) return [];
      return [{ epoch: before?.epoch ?? "", ends }];
    });
    return { epoch: this.#current!.epoch, past };
  }
}
