import { checkTimes } from "../../backbone/event-time.ts";
import { checkSizes } from "../../backbone/record-size.ts";
import type { OutgoingRecord, Producer, Transaction } from "../../backbone/backbone.ts";
import { StreamsError } from "../../errors.ts";
import type { GroupPosition } from "./group/committed-offsets.ts";

/** Stores records and a group's offsets in one atomic write. */
export type Append = (records: readonly OutgoingRecord[], offsets: readonly GroupPosition[]) => Promise<void>;

export interface Epochs {
  /** Makes every earlier producer of the id a zombie. */
  next(transactionalId: string): number;
  current(transactionalId: string): number | undefined;
}

export class LogProducer implements Producer {
  readonly #append: Append;
  readonly #epochs: Epochs;
  readonly #transactionalId: string | undefined;
  readonly #epoch: number;
  #open = false;

  constructor(append: Append, epochs: Epochs, transactionalId: string | undefined) {
    this.#append = append;
    this.#epochs = epochs;
    this.#transactionalId = transactionalId;
    this.#epoch = transactionalId === undefined ? 0 : epochs.next(transactionalId);
  }

  async send(records: readonly OutgoingRecord[]): Promise<void> {
    checkSizes(records);
    checkTimes(records);
    await this.#append(records, []);
  }

  async begin(): Promise<Transaction> {
    const id = this.#transactionalId;
    if (id === undefined) {
      throw new StreamsError("TRANSACTION_OPEN", "this producer has no transactionalId; give it one to begin");
    }
    if (this.#open) {
      throw new StreamsError("TRANSACTION_OPEN", `producer ${id}: commit or abort the open transaction first`);
    }
    this.#checkFence(id);
    this.#open = true;
    const records: OutgoingRecord[] = [];
    const offsets: GroupPosition[] = [];
    let ended = false;
    const check = (): void => {
      // Of one that failed nobody knows whether it is stored: it is not stored twice.
      if (ended)
        throw new StreamsError("TRANSACTION_OPEN", `producer ${id}: this transaction has ended; begin another`);
      this.#checkFence(id);
    };
    const end = (): void => {
      if (!ended) this.#open = false;
      ended = true;
    };
    const transaction: Transaction = {
      send: async (more) => {
        check();
        checkSizes(more);
        checkTimes(more);
        for (const record of more) records.push(record);
      },
      sendOffsets: async (groupId, positions) => {
        check();
        for (const position of positions) offsets.push({ groupId, position });
      },
      commit: async () => {
        try {
          check();
        } finally {
          end();
        }
        await this.#append(records, offsets);
      },
      abort: async () => end(),
    };
    return transaction;
  }

  #checkFence(id: string): void {
    if (this.#epochs.current(id) !== this.#epoch) {
      throw new StreamsError("FENCED", `producer ${id}: a newer producer has this transactionalId; close this one`);
    }
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
