import { blueprintTable } from "../catalogue/index.ts";
import { eventWindows, placeOfWord, wholeTileKey, type WindowBytes } from "../operators/index.ts";
import { events, type BlueprintPublished, type EventRecorded } from "../schemas/index.ts";
import {
  brokenPromise,
  type GlobalView,
  hasCode,
  isEventTime,
  readTopic,
  type Refused,
  type StreamRecord,
} from "../streams/index.ts";
import type { RecomputeSource, Tables } from "./source.ts";

/**
 * The event windows that `ask` reads, filled by the live loop's own fold in one reading of the events, in any order.
 * Only these tiles are in memory.
 */
export async function windowTiles(
  { backbone, serdes }: RecomputeSource,
  { blueprints }: Tables,
  ask: (windows: WindowBytes) => void,
  refused: Refused,
): Promise<WindowBytes> {
  const wanted = new Set<string>();
  ask({ get: (key) => (wanted.add(key), undefined) });
  const places = new Set([...wanted].map(placeOf));
  const earliest = earliestOf(places);
  const fold = foldInto(blueprints, (key) => {
    const place = placeOfWord(key);
    return place === undefined ? wanted.has(wholeTileKey(key)) : places.has(place);
  });
  if (wanted.size > 0) {
    for await (const record of readTopic(backbone, serdes, events, {
      isWanted: ({ timestamp, partition, offset }) =>
        timestamp >= earliest && isEventTime(timestamp) && !refused.has(events.name, partition, offset),
      onBad: () => undefined,
    })) {
      fold.add(record);
    }
  }
  return fold.windows;
}

/** The windows that result from these events alone. */
export function windowsOf(
  blueprints: GlobalView<BlueprintPublished>,
  records: readonly StreamRecord<EventRecorded>[],
): WindowBytes {
  const fold = foldInto(blueprints, () => true);
  for (const record of records) fold.add(record);
  return fold.windows;
}

function foldInto(
  blueprints: GlobalView<BlueprintPublished>,
  keeps: (key: string) => boolean,
): { readonly windows: WindowBytes; add(record: StreamRecord<EventRecorded>): void } {
  const tiles = new Map<string, Uint8Array>();
  const bytes = {
    get: (key: string) => tiles.get(key),
    put: (key: string, tile: Uint8Array) => void (keeps(key) && tiles.set(key, tile)),
    delete: (key: string) => void tiles.delete(key),
    keys: () => tiles.keys(),
  };
  const table = (of: unknown): never => {
    if (of !== blueprintTable) throw brokenPromise("the fold of events asks for another table than the blueprints");
    return blueprints as never;
  };
  return {
    windows: tiles,
    add(record) {
      try {
        eventWindows.fold(record, bytes, table);
      } catch (error) {
        // The loop has buried this event too: there was no room.
        if (!hasCode(error, "OVER_LIMIT")) throw error;
      }
    },
  };
}

/** Of the key of a tile, which is state id, start and key: `stateId|start`. */
const placeOf = (at: string): string => at.split("|", 2).join("|");

/** The first start. */
function earliestOf(places: ReadonlySet<string>): number {
  let earliest = Number.POSITIVE_INFINITY;
  for (const place of places) earliest = Math.min(earliest, Number(place.split("|", 2)[1]));
  return earliest;
}
