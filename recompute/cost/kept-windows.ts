import type { WindowGroup } from "../../blueprints/index.ts";
import { blueprintTable } from "../../catalogue/index.ts";
import { eventWindows } from "../../operators/index.ts";
import { events, type EventRecorded } from "../../schemas/index.ts";
import {
  FoldBytes,
  hasCode,
  isEventTime,
  readTopic,
  type GlobalTable,
  type GlobalView,
  type Refused,
  type StateEngine,
  type StreamRecord,
} from "../../streams/index.ts";
import type { RecomputeSource, Tables } from "../source.ts";

/** A place for windows that only this process uses. */
export interface WindowStore {
  /** The loop's engine over this place, with empty caches. */
  readonly engine: () => StateEngine;
  /** What windows may take in memory; bytes. */
  readonly memoryBytes: number;
}

export interface KeptWindows {
  readonly bytes: FoldBytes;
  /** Groups that were moved to the disk, since memory is full, by state id. */
  readonly moved: ReadonlySet<string>;
  /** Events at or before this time are gone from the topic, ms; `-Infinity`: none are that a window needs. */
  readonly goneUntil: number;
  /** Opens the same windows again, with nothing in the engine's caches. The former are closed. */
  reopen(): Promise<FoldBytes>;
  close(): Promise<void>;
}

export type ViewOfTable = <T>(of: GlobalTable<T>) => GlobalView<T>;

/** The blueprints, for a fold that asks for no other table. */
export const viewOf = ({ blueprints }: Pick<Tables, "blueprints">): ViewOfTable =>
  ((of: unknown) => (of === blueprintTable ? blueprints : undefined)) as ViewOfTable;

/** Records that are folded and stored at once. */
const AT_ONCE = 2_000;
const DATABASE = "windows";

/**
 * The windows of some groups as an instance of the loop keeps them, in memory or on disk, from all retained events: by the loop's fold,
 * in its engine.
 *
 * @param since tiles that only earlier decisions need are left out; ms
 */
export async function keepWindows(
  { backbone, serdes }: RecomputeSource,
  tables: Tables,
  groups: readonly WindowGroup[],
  { since, refused, store }: { readonly since: number; readonly refused: Refused; readonly store: WindowStore },
): Promise<KeptWindows> {
  const table = viewOf(tables);
  const parts = new Set(groups.map(({ stateId }) => stateId));
  const moved = new Set<string>();
  const { memoryBytes } = store;
  const load = async () => {
    const opened = await store.engine().open(DATABASE);
    const bytes = await FoldBytes.load(eventWindows, opened, { memoryBytes, onMoved: (part) => moved.add(part) });
    return { opened, bytes };
  };
  let { opened: database, bytes } = await load();
  for (const part of eventWindows.parts!.disk!.wanted(table)) if (parts.has(part)) bytes.moveToDisk(part);
  const scope = { parts, since, until: Number.POSITIVE_INFINITY };
  const storeSome = async (records: readonly StreamRecord<EventRecorded>[]): Promise<void> => {
    // An engine that reads in the background is asked for all that the records change first.
    await bytes.look(() => {
      const scratch = bytes.scratch();
      if (bytes.readsBehind)
        for (const record of records) foldOne(() => eventWindows.fold(record, scratch, table, scope));
    });
    for (const record of records) foldOne(() => eventWindows.fold(record, bytes, table, scope));
    bytes.bound();
    await database.write(bytes.takeChanges());
    await bytes.written();
  };
  const goneUntil = groups.length === 0 ? Number.NEGATIVE_INFINITY : await readAll();
  return {
    bytes,
    moved,
    goneUntil,
    async reopen() {
      await database.close();
      ({ opened: database, bytes } = await load());
      return bytes;
    },
    close: () => database.close(),
  };

  async function readAll(): Promise<number> {
    const earliest = Math.min(...groups.map(({ tileMs, retentionMs }) => since - tileMs - retentionMs));
    const offsets = await backbone.offsets([events.name]);
    const cut = new Set(offsets.filter(({ start }) => start > 0).map(({ partition }) => partition));
    let gone = Number.NEGATIVE_INFINITY;
    let some: StreamRecord<EventRecorded>[] = [];
    for await (const record of readTopic(backbone, serdes, events, {
      isWanted({ timestamp, partition, offset }) {
        if (cut.delete(partition)) gone = Math.max(gone, timestamp);
        return timestamp >= earliest && isEventTime(timestamp) && !refused.has(events.name, partition, offset);
      },
      onBad: () => undefined,
    })) {
      some.push(record);
      if (some.length < AT_ONCE) continue;
      await storeSome(some);
      some = [];
    }
    await storeSome(some);
    return gone >= earliest ? gone : Number.NEGATIVE_INFINITY;
  }
}

function foldOne(fold: () => void): void {
  try {
    fold();
  } catch (error) {
    // The loop has buried this event too: there was no room.
    if (!hasCode(error, "OVER_LIMIT")) throw error;
  }
}
