import { ask, int32, int8, string } from "../requests/bare-request.ts";
import { ProtocolError } from "../cluster/kafka-errors.ts";
import type { Broker } from "../cluster/wire.ts";

type Configs = ReadonlyMap<string, string>;

const topicResource = 2;
const setOperation = 0;
/** Brokers take whole segments away: they may be so much of the retention long, at most the default. */
const segmentShare = 1 / 8;
const longestSegmentMs = 7 * 24 * 3_600_000;
const shortestSegmentMs = 60_000;

/** The settings that keep a topic's records for so long; null: for ever. A compacted topic stays compacted. */
export function retentionConfigs(retentionMs: number | null, cleanupPolicy: string): Configs {
  const compacted = cleanupPolicy.includes("compact");
  const segmentMs = Math.max(shortestSegmentMs, (retentionMs ?? Number.POSITIVE_INFINITY) * segmentShare);
  return new Map([
    ["cleanup.policy", compacted ? (retentionMs === null ? "compact" : "compact,delete") : "delete"],
    ["retention.ms", String(retentionMs ?? -1)],
    ["segment.ms", String(Math.floor(Math.min(longestSegmentMs, segmentMs)))],
  ]);
}

export function retentionIn(configs: Configs): number | null {
  const ms = Number(configs.get("retention.ms") ?? -1);
  return ms < 0 || !(configs.get("cleanup.policy") ?? "delete").includes("delete") ? null : ms;
}

/** IncrementalAlterConfigs, version 0: settings that are not named stay as they are. */
export async function changeTopicConfigs(broker: Broker, changes: ReadonlyMap<string, Configs>): Promise<void> {
  const parts = [int32(changes.size)];
  for (const [topic, configs] of changes) {
    parts.push(int8(topicResource), string(topic), int32(configs.size));
    for (const [name, value] of configs) parts.push(string(name), int8(setOperation), string(value));
  }
  parts.push(int8(0));
  await ask(broker, { apiKey: 44, apiVersion: 0, apiName: "IncrementalAlterConfigs" }, parts, (read) => {
    read.skip(4);
    for (let left = read.int32(); left > 0; left--) {
      const [code, message] = [read.int16(), read.string()];
      read.int8();
      const topic = read.string();
      if (code !== 0) throw new ProtocolError(`ERROR_${code}`, false, `${topic}: ${message}`);
    }
  });
}

/** DescribeConfigs, version 1: the topics' settings of these names, defaults included. */
export async function describeTopicConfigs(
  broker: Broker,
  topics: readonly string[],
  names: readonly string[],
): Promise<ReadonlyMap<string, Configs>> {
  const parts = [int32(topics.length)];
  for (const topic of topics) parts.push(int8(topicResource), string(topic), int32(names.length), ...names.map(string));
  parts.push(int8(0));
  const found = new Map<string, Configs>();
  await ask(broker, { apiKey: 32, apiVersion: 1, apiName: "DescribeConfigs" }, parts, (read) => {
    read.skip(4);
    for (let left = read.int32(); left > 0; left--) {
      const [code, message] = [read.int16(), read.string()];
      read.int8();
      const topic = read.string();
      if (code !== 0) throw new ProtocolError(`ERROR_${code}`, code === 3, `${topic}: ${message}`);
      const configs = new Map<string, string>();
      for (let entries = read.int32(); entries > 0; entries--) {
        configs.set(read.string(), read.string());
        read.skip(3);
        // Synonyms: not asked for, so there are none.
        for (let synonyms = read.int32(); synonyms > 0; synonyms--) {
          read.string();
          read.string();
          read.skip(1);
        }
      }
      found.set(topic, configs);
    }
  });
  return found;
}
