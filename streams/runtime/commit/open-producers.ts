import type { Backbone, Producer } from "../../backbone/backbone.ts";
import { hasCode } from "../../coded-error.ts";
import type { Delivery } from "./commit.ts";
import type { TransactionalIds } from "./transactional-ids.ts";

/**
 * The producers of tasks that have none of their own. Three transactional ids on Kafka: one is being committed, the
 * next takes the work done meanwhile, and the broker may still be completing the transaction of the third.
 */
export async function openProducers(
  delivery: Delivery,
  id: string,
  ids: TransactionalIds,
  backbone: Backbone,
): Promise<readonly Producer[]> {
  if (delivery === "atLeastOnce" || !backbone.fencesOffsets) return [await backbone.producer()];
  if (backbone.kind === "embedded") return [await backbone.producer({ transactionalId: id })];
  const opened = await Promise.allSettled([0, 1, 2].map((turn) => openProducer(turn, ids, backbone)));
  const producers = opened.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
  const failed = opened.find((each) => each.status === "rejected");
  if (failed === undefined) return producers;
  // One that nobody knows would stay open: this is tried again for as long as an outage lasts.
  for (const producer of producers) await producer.close().catch(() => undefined);
  throw failed.reason;
}

async function openProducer(turn: number, ids: TransactionalIds, backbone: Backbone): Promise<Producer> {
  try {
    return await backbone.producer({ transactionalId: ids.of(turn) });
  } catch (error) {
    if (!hasCode(error, "TRANSACTION_HELD")) throw error;
    ids.giveUp(turn, error);
    return backbone.producer({ transactionalId: ids.of(turn) });
  }
}
