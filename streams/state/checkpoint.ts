import type { Change, StateDatabase } from "./engine.ts";

/** The topics behind positions and state. Checkpoints of older builds have none. */
export interface Grounds {
  /** Ids of the input topics and of the changelog, by name, if the brokers give topics ids. */
  readonly topicIds?: Readonly<Record<string, string>>;
  /** Number of partitions over which the keys of the state are spread. */
  readonly partitions?: number;
  /** Partitions were added once: inputs hold records whose keys belong to another partition now. */
  readonly mixed?: boolean;
}

/** The content of stored state. It is written in the same batch as the data. */
export interface Checkpoint extends Grounds {
  /** By `topic/partition`: the next input offset; everything before is in the state. */
  readonly positions: Readonly<Record<string, number>>;
  /** The highest event time that has passed, ms. */
  readonly streamTime: number;
  /**
   * How far each timeline has come, ms; the empty name is for records without one. Absent in older state, whose one
   * time was `streamTime`.
   */
  readonly lines?: Readonly<Record<string, number>>;
  /** No change of this task's changelog before this offset is missing from the local database. */
  readonly changelogOffset: number;
}

const CHECKPOINT = "\u0001checkpoint";

/** A database's checkpoint; `undefined` for a new one. */
export async function readCheckpoint(database: StateDatabase): Promise<Checkpoint | undefined> {
  const [stored] = await database.getMany([CHECKPOINT]);
  return stored === undefined ? undefined : decodeCheckpoint(stored);
}

/** The last change of every commit on a changelog: it describes the changes before it. */
export function checkpointChange(checkpoint: Checkpoint): Change {
  return [CHECKPOINT, encodeCheckpoint(checkpoint)];
}

/** The checkpoint in a change read from a changelog, if it is one. */
export function checkpointIn([key, value]: Change): Checkpoint | undefined {
  return key === CHECKPOINT && value !== null ? decodeCheckpoint(value) : undefined;
}

/** Writes changes read from a changelog; the checkpoint among them, if any, moves to `changelogOffset`. */
export async function restoreChanges(
  database: StateDatabase,
  changes: readonly Change[],
  changelogOffset: number,
): Promise<void> {
  const moved = changes.map((change): Change => {
    if (change[0] !== CHECKPOINT || change[1] === null) return change;
    return [CHECKPOINT, encodeCheckpoint({ ...decodeCheckpoint(change[1]), changelogOffset })];
  });
  await database.write(moved);
}

const encodeCheckpoint = (checkpoint: Checkpoint): Uint8Array => Buffer.from(JSON.stringify(checkpoint));

function decodeCheckpoint(bytes: Uint8Array): Checkpoint {
  return JSON.parse(Buffer.from(bytes).toString()) as Checkpoint;
}
