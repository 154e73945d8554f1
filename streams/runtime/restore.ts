import { textOf } from "../bytes.ts";
import type { Backbone } from "../backbone/backbone.ts";
import type { Change, StateDatabase, StateEngine } from "../state/engine.ts";
import { readCheckpoint, restoreChanges, TaskState } from "../state/task-state.ts";
import { hasCode } from "../errors.ts";

export interface RestoreProgress {
  readonly task: string;
  readonly done: number;
  readonly total: number;
}

/**
 * Opens a task's state and brings it up to the end of its changelog, from where the local database stands; from the
 * start when the disk was lost or can't be read.
 */
export async function restoreState(
  backbone: Backbone,
  engine: StateEngine,
  name: string,
  changelog: { readonly topic: string; readonly partition: number },
  onProgress: (done: number, total: number) => void,
): Promise<TaskState> {
  const database = await openOrDestroy(engine, name);
  const offsets = await backbone.offsets([changelog.topic]);
  const { start, end } = offsets.find(({ partition }) => partition === changelog.partition)!;
  const from = Math.max(start, (await readCheckpoint(database))?.changelogOffset ?? start);
  if (from < end) {
    const reader = await backbone.reader([{ ...changelog, offset: from }]);
    try {
      let next = from;
      while (next < end) {
        for (const fetch of await reader.poll(1_000)) {
          const records = fetch.records.filter(({ offset }) => offset < end);
          const changes = records.map(({ key, value }): Change => [textOf(key), value]);
          next = fetch.records.at(-1)!.offset + 1;
          await restoreChanges(database, changes, Math.min(next, end));
          onProgress(Math.min(next, end) - from, end - from);
        }
      }
    } finally {
      await reader.close();
    }
  }
  return TaskState.open(database);
}

/** State that can't be read is as good as lost: the changelog has it. */
export async function openOrDestroy(engine: StateEngine, name: string): Promise<StateDatabase> {
  try {
    return await engine.open(name);
  } catch (error) {
    if (!hasCode(error, "STATE_CORRUPT")) throw error;
    await engine.destroy(name);
    return engine.open(name);
  }
}
