import {
  addToTile,
  fieldOf,
  groupKey,
  insertEvent,
  staysPlain,
  tileExpiry,
  tileOf,
  tilePlace,
  validBlueprints,
  type TileParts,
  type WindowGroup,
} from "../../blueprints/index.ts";
import { events, recordLimits, type EventRecorded } from "../../schemas/index.ts";
import { ownValue, shortened, StreamsError, type Bytes, type GlobalFold } from "../../streams/index.ts";
import { blueprintTable } from "./tables.ts";

const { tileEvents } = recordLimits;

/** Tiles are kept this much longer than any window needs, for decisions that come late; ms. */
export const EVICTION_SLACK_MS = 24 * 3_600_000;

/**
 * The events that windows look back on, in tiles by group, start and key. A tile's content does not depend on the order in which
 * its events came, and a decision reads only what lies before its own time: so the features do not depend on how far the feed is ahead.
 */
export const eventWindows: GlobalFold<EventRecorded> = Object.freeze({
  kind: "fold",
  name: "event-windows",
  topic: events,
  tables: [blueprintTable],
  fold(record, bytes, table) {
    const { kind, attributes } = record.value;
    let full: FullTile | undefined;
    for (const group of groupsOf(validBlueprints(table(blueprintTable)).all())) {
      if (group.event !== kind) continue;
      const key = groupKey(group, attributes);
      if (key === null) continue;
      const start = tileOf(record.time, group.tileMs);
      const values = group.fields.map((field) => fieldOf(ownValue(attributes, field)) ?? null);
      const at = tileKey(group, start, key);
      const tile = bytes.get(at) ?? null;
      if (staysPlain(tile, values.length)) bytes.put(at, insertEvent(tile, record.time, values));
      else if (!addToTree(bytes, group, start, key, record.time, values)) full = { group, start, key };
    }
    if (full !== undefined) throw tileIsFull(full);
  },
  evict(time, bytes, table) {
    const groups = new Map(
      groupsOf(validBlueprints(table(blueprintTable)).all()).map((group) => [group.stateId, group]),
    );
    for (const key of bytes.keys()) {
      const [stateId, start] = key.split("|", 2) as [string, string];
      const group = groups.get(stateId);
      if (group !== undefined && tileExpiry(group, Number.parseInt(start, 10)) + EVICTION_SLACK_MS < time)
        bytes.delete(key);
    }
  },
} satisfies GlobalFold<EventRecorded>);

type Group = Pick<WindowGroup, "stateId">;

/** Of a part of a key's tile; empty path: the tile itself. Other paths stand behind the start, since the key may hold anything. */
export const partKey = ({ stateId }: Group, start: number, path: string, key: string): string =>
  path === "" ? tileKey({ stateId }, start, key) : `${stateId}|${start}.${path}|${key}`;

export const tileKey = ({ stateId }: Group, start: number, key: string): string => `${stateId}|${start}|${key}`;

/** The key of the tile that this is the key of, or the key of a part of. */
export function wholeTileKey(at: string): string {
  const [, stateId, start, , key] = /^(.*?)\|(-?\d+)(\.[0-9a-f]+)?\|(.*)$/s.exec(at) ?? [];
  return `${stateId}|${start}|${key}`;
}

/** @returns whether there was room. */
function addToTree(
  bytes: Bytes,
  group: WindowGroup,
  start: number,
  key: string,
  time: number,
  values: readonly (number | null)[],
): boolean {
  const parts: TileParts = {
    get: (path) => bytes.get(partKey(group, start, path, key)),
    put: (path, tile) => bytes.put(partKey(group, start, path, key), tile),
    delete: (path) => bytes.delete(partKey(group, start, path, key)),
  };
  return addToTile(parts, tilePlace(start, group.tileMs), time, values, tileEvents);
}

interface FullTile {
  readonly group: WindowGroup;
  readonly start: number;
  readonly key: string;
}

function tileIsFull({ group, start, key }: FullTile): StreamsError {
  const [from, to] = [start, start + group.tileMs].map((time) => new Date(time).toISOString());
  return new StreamsError(
    "OVER_LIMIT",
    `more than ${tileEvents} events ${group.event} of ${group.by.join("+")} ${shortened(key, 200)} from ${from} to ${to}: ` +
      "the last ones don't count in windows. Send fewer, or with counts of their own",
  );
}

/** One group for each state id, the one that looks back furthest. */
function groupsOf(compiled: readonly { readonly groups: readonly WindowGroup[] }[]): readonly WindowGroup[] {
  const [only, ...others] = compiled;
  if (only === undefined) return [];
  if (others.length === 0) return only.groups;
  const byId = new Map<string, WindowGroup>();
  for (const group of compiled.flatMap(({ groups }) => groups)) {
    const other = byId.get(group.stateId);
    if (other === undefined || other.retentionMs < group.retentionMs) byId.set(group.stateId, group);
  }
  return [...byId.values()];
}

export type WindowBytes = Pick<Bytes, "get">;
