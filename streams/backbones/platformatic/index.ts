import type { Backbone } from "../../backbone/backbone.ts";
import type { KafkaBackboneOptions } from "../kafka/index.ts";

/**
 * The Kafka backbone over @platformatic/kafka's connections: offsets in a transaction carry the member and its generation. Kafka 3.0 or later,
 * Node 22.22 or later. Rejects with `BACKBONE_UNAVAILABLE` when no broker answers within `deliveryTimeoutMs`. The library is loaded by the call.
 */
export async function createPlatformaticBackbone(options: KafkaBackboneOptions): Promise<Backbone> {
  const { openPlatformatic } = await import("./platformatic-backbone.ts");
  return openPlatformatic(options);
}
