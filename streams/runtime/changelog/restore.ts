import { StreamsError } from "../../errors.ts";
import type { Backbone, Reader } from "../../backbone/backbone.ts";
import type { StateDatabase, StateEngine } from "../../state/engine.ts";
import { readCheckpoint, restoreChanges } from "../../state/checkpoint.ts";
import { TaskState } from "../../state/task-state.ts";
import { WriteBehind } from "../../state/write-behind.ts";
import type { TopicView } from "../../backbone/topic-view.ts";
import { settleChangelog } from "./changelog-anew.ts";
import { openState } from "../../state/open-state.ts";
import { silent, type Log } from "../../log.ts";
import { changeOf } from "./changelog-record.ts";

export interface RestoreProgress {
  readonly task: string;
  readonly done: number;
  readonly total: number;
}

/**
 * Opens a task's state and brings it from the position of the local database to the end of its changelog. A changelog
 * that can be the state itself needs no restore. The restore begins at the start if the disk was lost or can't be read,
 * or the log has lost records that the state was made from.
 * @param view the present changelog, if it may be another one than the state was made from.
 */
export async function restoreState(
  backbone: Backbone,
  engine: StateEngine,
  name: string,
  changelog: { readonly topic: string; readonly partition: number },
  onProgress: (done: number, total: number) => void,
  log: Log = silent,
  view?: TopicView,
): Promise<TaskState> {
  const table = engine.over === undefined ? undefined : await backbone.table?.(changelog);
  if (table !== undefined) {
    // A former local copy of the state is of no use any more.
    await engine.destroy(name);
    return TaskState.open(engine.over!(table));
  }
  const history = await backbone.history?.();
  const at = `${changelog.topic}/${changelog.partition}`;
  const positionsIn = async (database: StateDatabase): Promise<Readonly<Record<string, number>>> => {
    const checkpoint = await readCheckpoint(database);
    const read = Math.max(checkpoint?.changelogOffset ?? 0, await restoringTo(database));
    return { ...checkpoint?.positions, [at]: read };
  };
  let database = await openState({ engine, name, history, positionsIn, log });
  try {
    if (view !== undefined && !(await settleChangelog({ backbone, database, changelog, view, log }))) {
      await database.close();
      await engine.destroy(name);
      database = await engine.open(name);
    }
    const offsets = await backbone.offsets([changelog.topic]);
    const { start, end, byKey } = offsets.find(({ partition }) => partition === changelog.partition)!;
    let from = Math.max(start, (await readCheckpoint(database))?.changelogOffset ?? start);
    if (byKey === true && from < end && from > start) {
      await database.close();
      await engine.destroy(name);
      database = await openState({ engine, name, history, positionsIn, log });
      from = start;
    }
    if (from < end) {
      await beginRestore(database, end);
      const reader = await backbone.reader([{ ...changelog, offset: from }]);
      try {
        const isThere = async (next: number): Promise<boolean> => {
          const now = (await backbone.offsets([changelog.topic])).find((is) => is.partition === changelog.partition);
          return now !== undefined && now.start < end && now.end > next;
        };
        for await (const done of applied(reader, database, { from, end, isThere })) onProgress(done - from, end - from);
      } finally {
        await reader.close();
      }
    }
    return await TaskState.open(new WriteBehind(database));
  } catch (error) {
    // It could not be opened again otherwise.
    await database.close().catch(() => undefined);
    throw error;
  }
}

/**
 * Key of the offset up to which the changelog is being read, or was. The checkpoint has it only once all of it is read.
 */
const RESTORING = "\u0001restoring";

const beginRestore = (database: StateDatabase, end: number): Promise<void> =>
  database.write([[RESTORING, Buffer.from(String(end))]]);

async function restoringTo(database: StateDatabase): Promise<number> {
  const [stored] = await database.getMany([RESTORING]);
  return stored === undefined ? 0 : Number(Buffer.from(stored).toString());
}

interface Stretch {
  readonly from: number;
  readonly end: number;
  /** Something from this offset to before the end can still be read. */
  readonly isThere: (next: number) => Promise<boolean>;
}

/**
 * Writes the reader's records up to `end`, and yields the offset it has reached. It reads ahead by one poll while the
 * engine writes.
 */
async function* applied(
  reader: Reader,
  database: StateDatabase,
  { from, end, isThere }: Stretch,
): AsyncGenerator<number> {
  let writing: Promise<number> | undefined;
  try {
    for (let next = from; next < end;) {
      const fetches = await reader.poll(1_000);
      if (writing !== undefined) yield await writing;
      writing = undefined;
      const last = fetches.at(-1)?.records.at(-1);
      if (last === undefined) {
        if (await isThere(next)) continue;
        throw new StreamsError(
          "BACKBONE_UNAVAILABLE",
          `the changelog lost records before ${end} while it was read: it is read anew`,
        );
      }
      next = Math.min(last.offset + 1, end);
      const changes = fetches.flatMap(({ records }) => records.filter(({ offset }) => offset < end).map(changeOf));
      const at = next;
      writing = restoreChanges(database, changes, at).then(() => at);
      // An error is thrown at the await behind the next poll.
      writing.catch(() => undefined);
    }
    if (writing !== undefined) yield await writing;
  } finally {
    await writing?.catch(() => undefined);
  }
}
