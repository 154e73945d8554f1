import { createTopicsV5, metadataV9 } from "@platformatic/kafka";
import type { KafkaSettings } from "../kafka/cluster/options.ts";
import type { TopicAdmin } from "../kafka/cluster/wire.ts";
import { answerOf } from "./client-error.ts";
import type { PlatformaticCluster } from "./platformatic-cluster.ts";

/** Creates and lists topics over `cluster`, which it closes. */
export function topicAdmin(cluster: PlatformaticCluster, settings: KafkaSettings): TopicAdmin {
  return {
    /** Rejects with an error to be tried again until all the topics have leaders. */
    async createTopics({ topics }) {
      const wanted = topics.map(({ topic, numPartitions, replicationFactor, configEntries }) => ({
        name: topic,
        numPartitions,
        replicationFactor,
        assignments: [],
        configs: configEntries,
      }));
      const controller = await cluster.findControllerBroker();
      try {
        await controller.call(createTopicsV5.api, [wanted, settings.deliveryTimeoutMs, false]);
      } catch (error) {
        if (!onlyExisting(error)) throw error;
      }
      await controller.metadata(topics.map(({ topic }) => topic));
    },

    async listTopics() {
      const [nodeId] = cluster.getNodeIds();
      const broker = await cluster.findBroker({ nodeId: nodeId ?? -1 });
      try {
        return namesIn(await broker.call(metadataV9.api, [null, false]));
      } catch (error) {
        const answer = answerOf<metadataV9.MetadataResponse>(error);
        if (answer === undefined) {
          await cluster.refreshMetadata();
          throw error;
        }
        return namesIn(answer);
      }
    },

    disconnect: () => cluster.disconnect(),
  };
}

/** Whether the only thing that was wrong is that another instance was first. */
function onlyExisting(error: unknown): boolean {
  const answer = answerOf<createTopicsV5.CreateTopicsResponse>(error);
  if (answer === undefined) return false;
  return answer.topics.every(({ errorCode }) => errorCode === 0 || errorCode === topicAlreadyExists);
}
const topicAlreadyExists = 36;

function namesIn({ topics }: metadataV9.MetadataResponse): string[] {
  return topics.map(({ name }) => name);
}
