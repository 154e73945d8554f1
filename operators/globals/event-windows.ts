import {
  groupKey,
  insertEvent,
  tileExpiry,
  tileOf,
  validBlueprints,
  type WindowGroup,
} from "../../blueprints/index.ts";
import { events, type EventRecorded } from "../../schemas/index.ts";
import type { Bytes, GlobalFold } from "../../streams/index.ts";
import { blueprintTable } from "./tables.ts";

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
    for (const group of groupsOf(validBlueprints(table(blueprintTable)).all())) {
      if (group.event !== kind) continue;
      const key = groupKey(group, attributes);
      if (key === null) continue;
      const at = tileKey(group, tileOf(record.time, group.tileMs), key);
      const values = group.fields.map((field) => numeric(attributes[field]));
      bytes.put(at, insertEvent(bytes.get(at) ?? null, record.time, values));
    }
  },
  evict(time, bytes, table) {
    const groups = new Map(
      groupsOf(validBlueprints(table(blueprintTable)).all()).map((group) => [group.stateId, group]),
    );
    for (const key of bytes.keys()) {
      const [stateId, start] = key.split("|") as [string, string];
      const group = groups.get(stateId);
      if (group !== undefined && tileExpiry(group, Number(start)) + EVICTION_SLACK_MS < time) bytes.delete(key);
    }
  },
} satisfies GlobalFold<EventRecorded>);

export const tileKey = (group: Pick<WindowGroup, "stateId">, start: number, key: string): string =>
  `${group.stateId}|${start}|${key}`;

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

const numeric = (value: unknown): number | null =>
  typeof value === "number" ? value : typeof value === "boolean" ? Number(value) : null;

export type WindowBytes = Pick<Bytes, "get">;
