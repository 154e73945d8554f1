import type { GroupReader, OutgoingRecord, Position, Producer } from "../backbone/backbone.ts";
import { checkpointChange, type Checkpoint } from "../state/task-state.ts";
import type { Task } from "../task/task.ts";

export type Delivery = "atLeastOnce" | "exactlyOnce";

export interface CommitContext {
  readonly delivery: Delivery;
  readonly groupId: string;
  readonly producer: Producer;
  readonly group: GroupReader;
  /** Where local state may start to restore from: a lower bound of the changelog's end. */
  readonly changelogEnd: (task: Task) => number;
}

/**
 * Makes the work of the tasks since their last commit last: what they wrote and the changes of their state, then the offsets they
 * have come to, then the local stores with the offsets they stand for. With `exactlyOnce` the first three are one transaction.
 * The stores come last: local state never runs ahead of a commit. Rejects with `FENCED` when the tasks belong to somebody else;
 * they must then be closed without a flush.
 */
export async function commit(
  tasks: readonly Task[],
  outputs: readonly OutgoingRecord[],
  context: CommitContext,
): Promise<void> {
  const { delivery, groupId, producer, group } = context;
  const checkpoints = new Map(tasks.map((task) => [task, checkpointOf(task, context.changelogEnd(task))]));
  const records = [...outputs, ...tasks.flatMap((task) => changelogOf(task, checkpoints.get(task)!))];
  const positions = tasks.flatMap(positionsOf);
  if (delivery === "exactlyOnce") {
    const transaction = await producer.begin();
    try {
      await transaction.send(records);
      await transaction.sendOffsets(groupId, positions);
      await transaction.commit();
    } catch (error) {
      await transaction.abort().catch(() => undefined);
      throw error;
    }
  } else {
    if (records.length > 0) await producer.send(records);
    await group.commit(positions);
  }
  await Promise.all(
    tasks.filter(({ subTopology }) => subTopology.stateful).map((task) => task.state.flush(checkpoints.get(task)!)),
  );
}

function checkpointOf(task: Task, changelogOffset: number): Checkpoint {
  return { positions: task.positions(), streamTime: task.streamTime, changelogOffset };
}

function changelogOf(task: Task, checkpoint: Checkpoint): OutgoingRecord[] {
  if (!task.subTopology.stateful) return [];
  const timestamp = Math.max(0, checkpoint.streamTime);
  return [...task.state.changes(), checkpointChange(checkpoint)].map(([key, value]) => ({
    topic: task.subTopology.changelog,
    partition: task.partition,
    timestamp,
    key: Buffer.from(key),
    value,
  }));
}

function positionsOf(task: Task): Position[] {
  return Object.entries(task.positions()).map(([name, offset]) => {
    const slash = name.lastIndexOf("/");
    return { topic: name.slice(0, slash), partition: Number(name.slice(slash + 1)), offset };
  });
}
