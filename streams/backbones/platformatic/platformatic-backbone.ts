import type { Backbone } from "../../backbone/backbone.ts";
import { openBackbone } from "../kafka/kafka-backbone.ts";
import { streamsError } from "../kafka/cluster/kafka-errors.ts";
import { kafkaSettings, type KafkaBackboneOptions, type KafkaSettings } from "../kafka/cluster/options.ts";
import { explained } from "../kafka/cluster/probe.ts";
import { retrying } from "../kafka/cluster/retrying.ts";
import { Connections } from "./connections.ts";
import { PlatformaticCluster } from "./platformatic-cluster.ts";
import { topicAdmin } from "./topic-admin.ts";

/** The same backbone as over kafkajs, with this client's connections and requests below it. */
export function openPlatformatic(options: KafkaBackboneOptions): Promise<Backbone> {
  const settings = kafkaSettings(options);
  return openBackbone(settings, {
    fencesOffsets: true,
    staticMembers: true,
    openCluster: () => openCluster(settings),
    openAdmin: async () => topicAdmin(await openCluster(settings), settings),
  });
}

async function openCluster(settings: KafkaSettings): Promise<PlatformaticCluster> {
  const cluster = new PlatformaticCluster(new Connections(settings), settings);
  try {
    const connect = explained(settings, () => cluster.connect());
    await retrying(settings, "kafka connection", connect);
    return cluster;
  } catch (error) {
    await cluster.disconnect();
    throw streamsError(error, `connect to ${settings.brokers.join(", ")}`);
  }
}
