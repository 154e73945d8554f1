import type { TopicDescription } from "../../../backbone/backbone.ts";
import { ask, compactLength, compactString, int32, int8, noTags, string } from "../requests/bare-request.ts";
import { ProtocolError } from "../cluster/kafka-errors.ts";
import type { Broker } from "../cluster/wire.ts";

const metadataKey = 3;
/** The first version of Metadata that gives topics their ids: Kafka 2.8. */
const withIds = 10;
const unknownTopic = 3;
const noId = "0".repeat(32);

/** The newest version of Metadata that the broker knows. */
export function metadataVersion(broker: Broker): Promise<number> {
  return ask(broker, { apiKey: 18, apiVersion: 0, apiName: "ApiVersions" }, [], (read) => {
    read.skip(2);
    for (let left = read.int32(); left > 0; left--) {
      const key = read.int16();
      read.skip(2);
      const newest = read.int16();
      if (key === metadataKey) return newest;
    }
    return 0;
  });
}

/** Metadata, version 10: the present topics; missing ones are left out. Ids are missing if a cluster has none. */
export function describeTopics(broker: Broker, topics: readonly string[]): Promise<readonly TopicDescription[]> {
  const asked = topics.map((topic) => Buffer.concat([Buffer.alloc(16), compactString(topic), noTags]));
  // No topic is created, and no authorized operations are asked for.
  const parts = [compactLength(topics.length), ...asked, int8(0), int8(0), int8(0), noTags];
  const api = { apiKey: metadataKey, apiVersion: withIds, apiName: "Metadata", tagged: true };
  return ask(broker, api, parts, (read) => {
    read.skip(4);
    for (let left = read.compactLength(); left > 0; left--) {
      read.skip(4);
      read.compactString();
      read.skip(4);
      read.compactString();
      read.tags();
    }
    read.compactString();
    read.skip(4);
    const found: TopicDescription[] = [];
    for (let left = read.compactLength(); left > 0; left--) {
      const code = read.int16();
      const topic = read.compactString();
      const topicId = read.hex(16);
      read.skip(1);
      let partitions = 0;
      for (let more = read.compactLength(); more > 0; more--) {
        partitions++;
        read.skip(2 + 4 + 4 + 4);
        for (let lists = 0; lists < 3; lists++) read.skip(4 * Math.max(0, read.compactLength()));
        read.tags();
      }
      read.skip(4);
      read.tags();
      if (code === unknownTopic) continue;
      // Some partition has no leader at the moment. The answer here does not depend on that.
      if (code !== 0 && partitions === 0) throw new ProtocolError(`ERROR_${code}`, code === 5, topic);
      found.push({ topic, partitions, ...(topicId === noId ? {} : { topicId }) });
    }
    return found;
  });
}

export const knowsIds = (version: number): boolean => version >= withIds;

/** CreatePartitions, version 1: the topic has so many from then on. */
export function growTopic(controller: Broker, topic: string, partitions: number, timeoutMs: number): Promise<void> {
  const parts = [int32(1), string(topic), int32(partitions), int32(-1), int32(timeoutMs), int8(0)];
  return ask(controller, { apiKey: 37, apiVersion: 1, apiName: "CreatePartitions" }, parts, (read) => {
    read.skip(4);
    for (let left = read.int32(); left > 0; left--) {
      const name = read.string();
      const code = read.int16();
      const message = read.string();
      if (code !== 0) throw new ProtocolError(`ERROR_${code}`, code === 7 || code === 41, `${name}: ${message}`);
    }
  });
}
