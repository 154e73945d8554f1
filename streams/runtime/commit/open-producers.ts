import type { Backbone, Producer } from "../../backbone/backbone.ts";
import type { Delivery } from "./commit.ts";

/**
 * What tasks write through where none has a producer of its own. Three transactional ids on Kafka: one is committed, what is done meanwhile goes into the
 * next, and of the third the broker may still be completing the transaction.
 */
export async function openProducers(
  delivery: Delivery,
  id: string,
  instanceId: string,
  backbone: Backbone,
): Promise<readonly Producer[]> {
  if (delivery === "atLeastOnce" || !backbone.fencesOffsets) return [await backbone.producer()];
  if (backbone.kind === "embedded") return [await backbone.producer({ transactionalId: id })];
  const opened = await Promise.allSettled(
    [0, 1, 2].map((turn) => backbone.producer({ transactionalId: `${id}-${instanceId}-${turn}` })),
  );
  const producers = opened.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
  const failed = opened.find((each) => each.status === "rejected");
  if (failed === undefined) return producers;
  // One that nobody knows would stay open: this is tried again for as long as an outage lasts.
  for (const producer of producers) await producer.close().catch(() => undefined);
  throw failed.reason;
}
