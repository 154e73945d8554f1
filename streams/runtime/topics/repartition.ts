import type { Backbone, OutgoingRecord, Producer } from "../../backbone/backbone.ts";
import { TopicView } from "../../backbone/topic-view.ts";
import { StreamsError } from "../../errors.ts";
import type { StateDatabase, StateEngine } from "../../state/engine.ts";
import { checkpointChange, readCheckpoint, type Checkpoint } from "../../state/checkpoint.ts";
import type { SubTopology, Topology } from "../../topology/topology.ts";
import { moveKeys } from "./move-keys.ts";
import { restoreState } from "../changelog/restore.ts";

export interface RepartitionOptions {
  /** Of the application: its group. */
  readonly id: string;
  readonly topology: Topology;
  readonly backbone: Backbone;
  /** State is read into it, to be moved from there. Its content is of no use afterwards. */
  readonly engine: StateEngine;
  readonly partitions: number;
  readonly onProgress?: (changelog: string, movedKeys: number) => void;
}

export interface Repartitioned {
  /** Inputs and changelogs, with the partitions they had. */
  readonly topics: readonly { readonly topic: string; readonly from: number; readonly to: number }[];
  /** Entries of state and timers that lie in another partition now. */
  readonly movedKeys: number;
}

/** A sub-topology's state in the scratch engine, a database a partition. */
interface Scratch {
  readonly subTopology: SubTopology;
  readonly databases: readonly StateDatabase[];
  readonly checkpoints: readonly (Checkpoint | undefined)[];
  /** Over how many partitions the state is spread. */
  readonly spread: number;
}

/**
 * Gives all inputs and changelogs of an application a number of partitions, and moves each entry of its state to the
 * partition of its key. Records that wait in the inputs stay where they are: the application passes them on. No process
 * of the application may run.
 *
 * A key leaves one partition and comes to another in one transaction, and the application refuses to start until all
 * have moved. So it may be killed at any time: run again, it goes on. Rejects with `TOPIC_MISMATCH` if a topic has more
 * partitions, with `FENCED` if the group has members, and with `TIMEOUT` if a process was killed a moment ago and the
 * brokers have not ended its transaction yet.
 */
export async function repartition(options: RepartitionOptions): Promise<Repartitioned> {
  const { id, topology, backbone, partitions } = options;
  const sources = [...new Set(topology.subTopologies.flatMap((each) => each.sources.map(({ name }) => name)))];
  const stateful = topology.subTopologies.filter((each) => each.stateful);
  const described = await backbone.describe([...sources, ...stateful.map(({ changelog }) => changelog)]);
  const tooLarge = described.find((topic) => topic.partitions > partitions);
  if (tooLarge !== undefined) {
    throw new StreamsError(
      "TOPIC_MISMATCH",
      `${tooLarge.topic} has ${tooLarge.partitions} partitions, and none can be taken away: give at least ${tooLarge.partitions}`,
    );
  }
  // The group's coordinator refuses it while there are members.
  await backbone.commit(id, await backbone.committed(id, sources));
  const producer = await backbone.producer({ transactionalId: `${id}-repartition` });
  try {
    const scratches: Scratch[] = [];
    for (const subTopology of stateful) scratches.push(await readState(subTopology, options, producer));
    for (const { topic } of described) await backbone.grow(topic, partitions);
    let movedKeys = 0;
    for (const scratch of scratches) movedKeys += await move(scratch, options, producer, sources);
    return { topics: described.map(({ topic, partitions: from }) => ({ topic, from, to: partitions })), movedKeys };
  } finally {
    await producer.close();
  }
}

/** Reads the state, and says on the changelog how it is spread, so that nobody takes it for anything else while that changes. */
async function readState(
  subTopology: SubTopology,
  { id, backbone, engine }: RepartitionOptions,
  producer: Producer,
): Promise<Scratch> {
  const { name, changelog, sources } = subTopology;
  const count = (await backbone.partitions(changelog)) ?? 0;
  const committed = await backbone.committed(
    id,
    sources.map((topic) => topic.name),
  );
  const databases: StateDatabase[] = [];
  const checkpoints: (Checkpoint | undefined)[] = [];
  for (let partition = 0; partition < count; partition++) {
    const own = committed.filter((at) => at.partition === partition);
    const database = await readWhole(`${name}-${partition}`, { topic: changelog, partition }, own, backbone, engine);
    databases.push(database);
    checkpoints.push(await readCheckpoint(database));
  }
  const known = checkpoints.flatMap((checkpoint) => checkpoint?.partitions ?? []);
  const spread = known.length === 0 ? count : Math.min(...known);
  const unsaid = checkpoints.flatMap((checkpoint, partition) =>
    checkpoint === undefined || checkpoint.partitions !== undefined
      ? []
      : [recordOf(changelog, partition, { ...checkpoint, partitions: spread })],
  );
  await writeAll(producer, unsaid);
  return { subTopology, databases, checkpoints, spread };
}

const PATIENCE_MS = 30_000;

/**
 * Offsets and changelog are of the same transactions: if the changelog is behind, some of them are still being ended.
 */
async function readWhole(
  name: string,
  changelog: { readonly topic: string; readonly partition: number },
  committed: readonly { readonly topic: string; readonly offset: number }[],
  backbone: Backbone,
  engine: StateEngine,
): Promise<StateDatabase> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    // A copy, even if the changelog could be the state itself: it is read while entries leave.
    const copies = { open: (of: string) => engine.open(of), destroy: (of: string) => engine.destroy(of) };
    const state = await restoreState(backbone, copies, name, changelog, () => undefined);
    const positions = state.checkpoint?.positions;
    await state.close();
    const behind = committed.find(
      ({ topic, offset }) => positions !== undefined && (positions[`${topic}/${changelog.partition}`] ?? 0) < offset,
    );
    if (behind === undefined) return engine.open(name);
    if (performance.now() > deadline) {
      throw new StreamsError(
        "TIMEOUT",
        `${changelog.topic}/${changelog.partition} is behind the committed offset ${behind.offset} of ${behind.topic}: start the ` +
          "loop once and stop it, then run this again",
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

async function move(
  { subTopology, databases, checkpoints, spread }: Scratch,
  { id, backbone, engine, partitions, onProgress }: RepartitionOptions,
  producer: Producer,
  sources: readonly string[],
): Promise<number> {
  const { name, changelog } = subTopology;
  const all = [...databases];
  while (all.length < partitions) all.push(await engine.open(`${name}-${all.length}`));
  let moved = 0;
  if (spread < partitions) {
    moved = await moveKeys({ subTopology, databases: all, producer }, (keys) => onProgress?.(changelog, keys));
    const committed = await backbone.committed(id, sources);
    const view = await TopicView.of(backbone, [...sources, changelog]);
    const own = new Set([...subTopology.sources.map((topic) => topic.name), changelog]);
    const topicIds = Object.fromEntries(Object.entries(view.ids).filter(([topic]) => own.has(topic)));
    const written = all.flatMap((_, partition) => {
      const former = checkpoints[partition % spread];
      if (former === undefined) return [];
      const grounds = { partitions, mixed: true, changelogOffset: 0 };
      if (partition < spread) return [recordOf(changelog, partition, { ...former, ...grounds })];
      const starts = subTopology.sources.map(({ name: topic }) => {
        const at = committed.find((each) => each.topic === topic && each.partition === partition);
        return [`${topic}/${partition}`, at?.offset ?? view.start({ topic, partition })] as const;
      });
      return [
        recordOf(changelog, partition, { ...former, ...grounds, topicIds, positions: Object.fromEntries(starts) }),
      ];
    });
    // All at once: from here on the state is spread anew.
    await writeAll(producer, written);
  }
  for (const database of all) await database.close();
  return moved;
}

function recordOf(topic: string, partition: number, checkpoint: Checkpoint): OutgoingRecord {
  const [key, value] = checkpointChange(checkpoint);
  return { topic, partition, timestamp: Math.max(0, checkpoint.streamTime), key: Buffer.from(key), value };
}

export async function writeAll(producer: Producer, records: readonly OutgoingRecord[]): Promise<void> {
  if (records.length === 0) return;
  const transaction = await producer.begin();
  await transaction.send(records);
  await transaction.commit();
}
