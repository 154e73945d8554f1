import type { GroupReader, OutgoingRecord, Position, Producer, Transaction } from "../../backbone/backbone.ts";
import { checkpointChange, type Checkpoint } from "../../state/checkpoint.ts";
import type { Change } from "../../state/engine.ts";
import type { Task } from "../../task/task.ts";

export type Delivery = "atLeastOnce" | "exactlyOnce";

export interface CommitContext {
  readonly groupId: string;
  /** The transaction that the commit joins and ends; or the producer for a commit without one. */
  readonly through: { readonly transaction: Transaction } | { readonly producer: Producer };
  readonly group: GroupReader;
  /** Called when everything is written: later records may follow. */
  readonly onWritten: () => void;
  /** Called when the commit holds; the local stores follow. */
  readonly onCommitted: () => void;
  /**
   * The offset from which local state may begin to restore: a lower bound of the changelog's end, unless the brokers
   * told the offsets of the commit's records.
   */
  readonly changelogEnd: (task: Task) => number;
  /** The bound is the end, and records get the offsets behind it without a gap: local state then stands behind its own commit. */
  readonly exactEnds: boolean;
}

/** A task's position and changes when a commit began. The task may go on meanwhile. */
export interface TaskSnapshot {
  readonly task: Task;
  readonly changes: readonly Change[];
  readonly positions: Readonly<Record<string, number>>;
  readonly streamTime: number;
  readonly lines: Readonly<Record<string, number>>;
}

/** Take it between two batches of the task. */
export function snapshotOf(task: Task): TaskSnapshot {
  const changes = task.subTopology.stateful ? task.state.freeze() : [];
  return { task, changes, positions: task.positions(), streamTime: task.streamTime, lines: task.times };
}

/**
 * Commits what the tasks have done since their last commit: their outputs and changes of state, then their offsets,
 * then the local stores with those offsets. With a transaction the first three are part of it. The stores come last:
 * local state never runs ahead of a commit. Rejects with `FENCED` if the tasks belong to another process: close them
 * then without a flush.
 */
export async function commit(
  snapshots: readonly TaskSnapshot[],
  outputs: readonly OutgoingRecord[],
  context: CommitContext,
): Promise<void> {
  const { groupId, through, group, onWritten, onCommitted } = context;
  const checkpoints = new Map(
    snapshots.map((snapshot) => [snapshot, checkpointOf(snapshot, context.changelogEnd(snapshot.task))]),
  );
  const records = [...outputs, ...snapshots.flatMap((snapshot) => changelogOf(snapshot, checkpoints.get(snapshot)!))];
  const positions = snapshots.flatMap(positionsOf);
  if ("transaction" in through) {
    const { transaction } = through;
    try {
      await Promise.all([transaction.send(records), transaction.sendOffsets(groupId, positions)]);
      onWritten();
      await transaction.commit();
    } catch (error) {
      await transaction.abort().catch(() => undefined);
      throw error;
    }
  } else {
    if (records.length > 0) await through.producer.send(records);
    onWritten();
    await group.commit(positions);
  }
  onCommitted();
  await Promise.all(
    snapshots
      .filter(({ task }) => task.subTopology.stateful)
      .map((snapshot) => {
        const checkpoint = checkpoints.get(snapshot)!;
        const at = { topic: snapshot.task.subTopology.changelog, partition: snapshot.task.partition };
        const end = "transaction" in through ? through.transaction.endOf?.(at) : through.producer.endOf?.(at);
        if (end !== undefined) return snapshot.task.state.flush({ ...checkpoint, changelogOffset: end });
        const written = context.exactEnds ? snapshot.changes.length + 1 : 0;
        return snapshot.task.state.flush({ ...checkpoint, changelogOffset: checkpoint.changelogOffset + written });
      }),
  );
}

function checkpointOf({ task, positions, streamTime, lines }: TaskSnapshot, changelogOffset: number): Checkpoint {
  return { ...task.grounds, positions, streamTime, lines, changelogOffset };
}

function changelogOf({ task, changes }: TaskSnapshot, checkpoint: Checkpoint): OutgoingRecord[] {
  if (!task.subTopology.stateful) return [];
  const timestamp = Math.max(0, checkpoint.streamTime);
  return [...changes, checkpointChange(checkpoint)].map(([key, value]) => ({
    topic: task.subTopology.changelog,
    partition: task.partition,
    timestamp,
    key: Buffer.from(key),
    value,
  }));
}

function positionsOf({ positions }: TaskSnapshot): Position[] {
  return Object.entries(positions).map(([name, offset]) => {
    const slash = name.lastIndexOf("/");
    return { topic: name.slice(0, slash), partition: Number(name.slice(slash + 1)), offset };
  });
}
