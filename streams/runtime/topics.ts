import type { Backbone, TopicSpec } from "../backbone/backbone.ts";
import { StreamsError } from "../errors.ts";
import type { Serdes } from "../serde/serdes.ts";
import type { Topology } from "../topology/topology.ts";
import type { AnyTopic } from "../topic.ts";

/** Creates a topic where it is missing and registers its schema. */
export async function ensureTopic(
  topic: AnyTopic,
  backbone: Backbone,
  serdes: Serdes,
  partitions: number,
): Promise<void> {
  if (serdes.isOpen(topic)) return;
  const there = await backbone.partitions(topic.name);
  // One that was made by an older build is told whose time its records have.
  if (there === undefined || topic.timestamps === "arrival") {
    await create(backbone, {
      name: topic.name,
      partitions: there ?? topic.partitions ?? partitions,
      cleanup: topic.cleanup,
      ...(topic.retentionMs === undefined ? {} : { retentionMs: topic.retentionMs }),
      ...(topic.timestamps === undefined ? {} : { timestamps: topic.timestamps }),
    });
  }
  await serdes.open(topic);
}

/** All topics of a topology, and the changelogs, with as many partitions as the inputs of their tasks. */
export async function ensureTopologyTopics(
  topology: Topology,
  more: readonly AnyTopic[],
  backbone: Backbone,
  serdes: Serdes,
  partitions: number,
): Promise<void> {
  for (const topic of [...topology.topics, ...more]) await ensureTopic(topic, backbone, serdes, partitions);
  for (const subTopology of topology.subTopologies) {
    const counts = new Map<string, number>();
    for (const { name } of subTopology.sources) counts.set(name, (await backbone.partitions(name))!);
    if (new Set(counts.values()).size > 1) {
      const listed = [...counts].map(([name, count]) => `${name} has ${count}`).join(", ");
      throw new StreamsError(
        "TOPOLOGY_INVALID",
        `${subTopology.name} reads topics side by side, so they need the same number of partitions: ${listed}`,
      );
    }
    if (subTopology.stateful) {
      const [count] = counts.values();
      await create(backbone, { name: subTopology.changelog, partitions: count!, cleanup: "compact" });
    }
  }
}

const PATIENCE_MS = 30_000;

/** Instances that start together make the same topics: what another one is making is waited for. */
async function create(backbone: Backbone, spec: TopicSpec): Promise<void> {
  const started = performance.now();
  for (;;) {
    try {
      return await backbone.ensureTopics([spec]);
    } catch (error) {
      const passing = error instanceof StreamsError && error.flags.retry;
      if (!passing || performance.now() - started > PATIENCE_MS) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
