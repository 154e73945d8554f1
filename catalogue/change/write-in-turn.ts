import { setTimeout as delay } from "node:timers/promises";
import { StreamsError, type Backbone, type OutgoingRecord, type Transaction } from "../../streams/index.ts";
import { recordLimits } from "../../schemas/index.ts";

/** All writers of the catalogue share this transactional id: only the last one to take it can write. */
const TRANSACTIONAL_ID = "loopstream-catalogue";

/** The right to write to a topic of the catalogue. It ends when another process takes it. */
export interface Turn {
  /**
   * Stores the records as one, and resolves when readers can see them. Rejects with `FENCED` when another process has
   * taken the turn. Nothing is stored then, unless the answer to a commit was lost.
   */
  write(records: readonly OutgoingRecord[]): Promise<void>;
  end(): Promise<void>;
}

/**
 * Takes the turn from its holder. When this resolves, the others' committed records can be read, and their uncommitted
 * ones never will be.
 */
export async function writeInTurn(backbone: Backbone, topic: string): Promise<Turn> {
  const producer = await backbone.producer({ transactionalId: TRANSACTIONAL_ID });
  return {
    async write(records) {
      const transaction = await producer.begin();
      await transaction.send(records);
      await transaction.commit();
      await shown(backbone, topic, transaction);
    },
    end: () => producer.close(),
  };
}

/** Waits until readers see the commit: a broker answers before they do. */
async function shown(backbone: Backbone, topic: string, transaction: Transaction): Promise<void> {
  const deadline = performance.now() + recordLimits.catalogueChangeMs;
  const behind = async (): Promise<boolean> =>
    (await backbone.offsets([topic])).some((at) => (transaction.endOf?.(at) ?? 0) > at.end);
  for (let waitMs = 1; await behind(); waitMs *= 2) {
    if (performance.now() > deadline) {
      throw new StreamsError(
        "TIMEOUT",
        `a change of ${topic} is stored and readers can't see it yet: look again later`,
      );
    }
    await delay(waitMs);
  }
}
