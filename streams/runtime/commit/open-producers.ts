import type { Backbone, Producer } from "../../backbone/backbone.ts";
import type { Delivery } from "./commit.ts";

/**
 * The producers of tasks that have none of their own. Three transactional ids on Kafka: one is being committed, the
 * next takes the work done meanwhile, and the broker may still be completing the transaction of the third.
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
