import type { Backbone, TopicDescription, TopicSpec } from "../../backbone/backbone.ts";
import { silent, type Log } from "../../log.ts";
import { Outages } from "../../outage.ts";
import type { Serdes } from "../../serde/serdes.ts";
import type { SubTopology, Topology } from "../../topology/topology.ts";
import type { AnyTopic } from "../../topic.ts";
import { CodedError } from "../../coded-error.ts";

/** Creates a topic if it is missing, and registers its schema. */
export async function ensureTopic(
  topic: AnyTopic,
  backbone: Backbone,
  serdes: Serdes,
  partitions: number,
  outages = new Outages(),
): Promise<void> {
  if (serdes.isOpen(topic)) return;
  const there = await backbone.partitions(topic.name);
  // A topic made by an older build learns the source of its records' times.
  if (there === undefined || topic.timestamps === "arrival")
    await create(backbone, specOf(topic, partitions, there), outages);
  await serdes.open(topic);
}

function specOf(topic: AnyTopic, partitions: number, there?: number): TopicSpec {
  return {
    name: topic.name,
    partitions: there ?? topic.partitions ?? partitions,
    cleanup: topic.cleanup,
    retentionMs: topic.retentionMs,
    timestamps: topic.timestamps,
  };
}

/** The topics of a topology as they were found or made. */
export interface TopologyTopics {
  readonly known: readonly TopicDescription[];
  /** By sub-topology: over how many partitions the keys of its state are spread. Its inputs have as many, or more. */
  readonly partitions: ReadonlyMap<string, number>;
}

/**
 * Makes all topics of a topology that are missing, and the changelogs. A sub-topology has as many tasks with state as its changelog has
 * partitions; an input with fewer is given the others, and one with more is said: its records are passed on to those tasks.
 */
export async function ensureTopologyTopics(
  topology: Topology,
  more: readonly AnyTopic[],
  backbone: Backbone,
  serdes: Serdes,
  partitions: number,
  log: Log = silent,
  outages = new Outages(),
): Promise<TopologyTopics> {
  const topics = [...topology.topics, ...more];
  for (const topic of topics) await ensureTopic(topic, backbone, serdes, partitions, outages);
  const there = new Set((await backbone.describe(topics.map(({ name }) => name))).map(({ topic }) => topic));
  for (const topic of topics.filter(({ name }) => !there.has(name))) {
    log.warn({ topic: topic.name }, `topic ${topic.name} was deleted: it is made anew, and its records are gone`);
    await create(backbone, specOf(topic, partitions), outages);
  }
  const spread = new Map<string, number>();
  for (const subTopology of topology.subTopologies) {
    spread.set(subTopology.name, await settlePartitions(subTopology, backbone, log, outages));
  }
  const changelogs = topology.subTopologies.filter(({ stateful }) => stateful).map(({ changelog }) => changelog);
  const known = await backbone.describe([...topics.map(({ name }) => name), ...changelogs]);
  return { known, partitions: spread };
}

/** @returns over how many partitions the sub-topology's keys are spread. */
async function settlePartitions(
  subTopology: SubTopology,
  backbone: Backbone,
  log: Log,
  outages: Outages,
): Promise<number> {
  const { name, stateful, changelog, sources } = subTopology;
  const described = await backbone.describe([...sources.map((topic) => topic.name), ...(stateful ? [changelog] : [])]);
  const counts = new Map(described.map(({ topic, partitions }) => [topic, partitions]));
  const most = Math.max(...sources.map((topic) => counts.get(topic.name) ?? 0));
  const count = (stateful ? counts.get(changelog) : undefined) ?? most;
  if (stateful && !counts.has(changelog)) {
    await create(backbone, { name: changelog, partitions: count, cleanup: "compact" }, outages);
  }
  for (const { name: topic } of sources) {
    const has = counts.get(topic) ?? count;
    if (has < count) {
      log.warn(
        { topic, partitions: has, stateIn: count },
        `${topic} has ${has} partitions and ${name} needs ${count}: it is given the others`,
      );
      await backbone.grow(topic, count);
    }
  }
  return count;
}

/** Warns of inputs that have more partitions than the state of their readers, with the next step. */
export function saySurplus({ subTopologies }: Topology, { known, partitions }: TopologyTopics, log: Log): void {
  const counts = new Map(known.map((each) => [each.topic, each.partitions]));
  for (const { name, sources } of subTopologies) {
    const stateIn = partitions.get(name)!;
    const most = Math.max(...sources.map((topic) => counts.get(topic.name) ?? 0));
    const command = `loopstream topics repartition --partitions ${most}`;
    for (const { name: topic } of sources) {
      const has = counts.get(topic) ?? stateIn;
      if (has <= stateIn) continue;
      log.warn(
        { topic, partitions: has, stateIn, command },
        `${topic} has ${has} partitions, and the state of ${name} lies in ${stateIn}: records are passed on to those ${stateIn}. ` +
          `To use all: stop every process of the loop and run ${command}`,
      );
    }
  }
}

/** All topics that the application writes under names known by now: those of the topology, dead letters and changelogs. */
export function writtenTopics({ topics, subTopologies }: Topology, deadLetters: AnyTopic): readonly string[] {
  const changelogs = subTopologies.filter(({ stateful }) => stateful).map(({ changelog }) => changelog);
  return [
    ...new Set([...topics, deadLetters].filter(({ family }) => family !== true).map(({ name }) => name)),
    ...changelogs,
  ];
}

const PATIENCE_MS = 30_000;

/** Instances that start together make the same topics: each waits for a topic that another is making. */
async function create(backbone: Backbone, spec: TopicSpec, outages: Outages): Promise<void> {
  const started = performance.now();
  const outage = outages.of("topics");
  for (;;) {
    try {
      await backbone.ensureTopics([spec]);
      return outage.ended();
    } catch (error) {
      const passing = error instanceof CodedError && error.flags.retry;
      if (!passing || performance.now() - started > PATIENCE_MS) {
        outage.givenUp(error);
        throw error;
      }
      outage.failed(error, { topic: spec.name });
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
