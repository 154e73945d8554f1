import type { Backbone, OutgoingRecord, TopicPartition } from "../../backbone/backbone.ts";
import type { TopicView } from "../../backbone/topic-view.ts";
import type { Log } from "../../log.ts";
import type { Change, StateDatabase } from "../../state/engine.ts";
import {
  checkpointChange,
  checkpointIn,
  readCheckpoint,
  restoreChanges,
  type Checkpoint,
} from "../../state/checkpoint.ts";
import { keeperOf } from "../../state/keeper.ts";
import { changeOf } from "./changelog-record.ts";

export interface ChangelogAnew {
  readonly backbone: Backbone;
  readonly database: StateDatabase;
  readonly changelog: TopicPartition;
  /** The changelog as it is now. */
  readonly view: TopicView;
  readonly log: Log;
}

const PAGE = 1_000;
const PAGE_BYTES = 1 << 20;
const LAST_KEY = "\u{10ffff}";

/**
 * Brings local state and changelog together again, if the changelog is not the one that the state was made from, or
 * ends before it. All of the local state is written to the changelog, unless another process has written all of its
 * own.
 * @returns false: the local state is worthless. Make it again from the changelog.
 */
export async function settleChangelog(parts: ChangelogAnew): Promise<boolean> {
  const { database, changelog, view, log } = parts;
  const { topic, partition } = changelog;
  const local = await readCheckpoint(database);
  if (local === undefined) return true;
  const move = view.moveOf({ ...changelog, offset: local.changelogOffset, topicId: local.topicIds?.[topic] });
  if (move === undefined || move.reason === "trimmed") return true;
  const fields = { topic, partition, reason: move.reason };
  let written: Checkpoint | undefined;
  const unknown = new Set<string>();
  for await (const changes of contentOf(parts)) {
    for (const change of changes) written = checkpointIn(change) ?? written;
    const known = await database.getMany(changes.map(([key]) => key));
    for (const [at, [key]] of changes.entries()) if (known[at] === undefined) unknown.add(key);
  }
  // A writer that had not noticed the change names the former topic: its state is not all there.
  const isWhole = written !== undefined && written.topicIds?.[topic] === view.ids[topic];
  if (written !== undefined && isWhole && (move.reason === "madeAnew" || !isAhead(local, written))) {
    log.warn(
      fields,
      `${topic}/${partition} is another changelog now, with all of the state on it: it is read from there`,
    );
    return false;
  }
  if (written !== undefined && !isAhead(local, written)) {
    for await (const changes of contentOf(parts)) await restoreChanges(database, changes, 0);
    unknown.clear();
  }
  await writeAnew(parts, [...unknown]);
  const what = move.reason === "madeAnew" ? "was deleted and made anew" : "has lost its end";
  log.warn(fields, `${topic}/${partition} ${what}: all of the local state was written to it`);
  return true;
}

const isAhead = (local: Checkpoint, other: Checkpoint): boolean =>
  Object.entries(other.positions).every(([at, offset]) => (local.positions[at] ?? 0) >= offset);

async function* contentOf({ backbone, changelog }: ChangelogAnew): AsyncGenerator<readonly Change[]> {
  const all = await backbone.offsets([changelog.topic]);
  const { start, end } = all.find(({ partition }) => partition === changelog.partition)!;
  if (start >= end) return;
  const reader = await backbone.reader([{ ...changelog, offset: start }]);
  try {
    for (let next = start; next < end;) {
      for (const { records } of await reader.poll(1_000)) {
        yield records.map(changeOf);
        next = records.at(-1)!.offset + 1;
      }
    }
  } finally {
    await reader.close();
  }
}

/** @param gone keys that the changelog has and the state has not. */
async function writeAnew(parts: ChangelogAnew, gone: readonly string[]): Promise<void> {
  const { backbone, database, changelog, view } = parts;
  const producer = await backbone.producer();
  const record = ([key, value]: Change): OutgoingRecord => ({
    ...changelog,
    timestamp: 0,
    key: Buffer.from(key),
    value,
  });
  try {
    await producer.send(gone.filter((key) => keeperOf(key) !== undefined).map((key) => record([key, null])));
    for (let from = ""; ;) {
      const page = await database.range(from, LAST_KEY, PAGE);
      const last = page.at(-1);
      if (last === undefined) break;
      let part: OutgoingRecord[] = [];
      let bytes = 0;
      for (const change of page) {
        if (keeperOf(change[0]) === undefined) continue;
        part.push(record(change));
        bytes += change[0].length + change[1].length;
        if (bytes < PAGE_BYTES) continue;
        await producer.send(part);
        [part, bytes] = [[], 0];
      }
      await producer.send(part);
      from = `${last[0]}\0`;
    }
    // Last: with it the changelog is whole.
    const { topicIds, ...stored } = (await readCheckpoint(database))!;
    const id = view.ids[changelog.topic];
    const ids = { ...topicIds, ...(id === undefined ? {} : { [changelog.topic]: id }) };
    const checkpoint: Checkpoint = { ...stored, topicIds: ids, changelogOffset: 0 };
    await producer.send([record(checkpointChange(checkpoint))]);
    const all = await backbone.offsets([changelog.topic]);
    const { end } = all.find(({ partition }) => partition === changelog.partition)!;
    await database.write([checkpointChange({ ...checkpoint, changelogOffset: end })]);
  } finally {
    await producer.close();
  }
}
