import {
  addToTile,
  groupKey,
  insertEvent,
  staysPlain,
  tileExpiry,
  tileOf,
  tilePlace,
  type TileParts,
  type WindowGroup,
} from "../../blueprints/index.ts";
import type { CompiledBlueprint } from "../../blueprints/index.ts";
import { validBlueprints, type ValidBlueprints, blueprintTable } from "../../catalogue/index.ts";
import { events, recordLimits, type BlueprintPublished, type EventRecorded } from "../../schemas/index.ts";
import {
  shortened,
  StreamsError,
  type Bytes,
  type BytesPlace,
  type BytesView,
  type FoldParts,
  type FoldScope,
  type GlobalFold,
  type GlobalView,
} from "../../streams/index.ts";
import { keepWords } from "./event-words.ts";
import { isShare, stateIdOf, type WindowShares } from "./window-shares.ts";

const { tileEvents } = recordLimits;

/** Tiles are kept this much longer than any window needs, for late decisions; ms. */
export const EVICTION_SLACK_MS = 24 * 3_600_000;

const askedByAll = windowsAskedBy((valid) => valid.all());

/**
 * The events that windows look back on, in tiles by group, start and key. A tile's content does not depend on the order
 * of its events, and a decision reads only events before its own time. So features do not depend on how far the feed is
 * ahead. Each group is a part: a new version's group is filled from the retained events.
 */
export const eventWindows: GlobalFold<EventRecorded> = foldOf(askedByAll, neededNow);

/** The same for one of several instances, each of which holds its shares of windows with `state: keyed`. */
export const eventWindowsIn = (shares: WindowShares): GlobalFold<EventRecorded> =>
  foldOf(askedByAll, neededNow, shares);

/** State ids of the groups that some version keeps by share. Another one may keep the same whole, beside it. */
export const sharedStates = (blueprints: GlobalView<BlueprintPublished>): ReadonlySet<string> =>
  askedByAll(blueprints).shared;

/** The same for work by one version alone, which holds no other version's windows. */
export function eventWindowsOf(useCase: string, version: string): GlobalFold<EventRecorded> {
  const its = (valid: ValidBlueprints): readonly CompiledBlueprint[] => {
    const compiled = valid.version(useCase, version);
    return compiled === undefined ? [] : [compiled];
  };
  return foldOf(windowsAskedBy(its), (blueprints) =>
    its(validBlueprints(blueprints)).flatMap(({ groups }) => groups.map(({ stateId }) => stateId)),
  );
}

type Versions = (valid: ValidBlueprints) => readonly CompiledBlueprint[];

/**
 * @param askedBy the windows that it holds
 * @param needed state ids of the groups that must be filled before the first decision
 * @param shares absent: all windows are held whole
 */
function foldOf(
  askedBy: ReturnType<typeof windowsAskedBy>,
  needed: (blueprints: GlobalView<BlueprintPublished>) => readonly string[],
  shares?: WindowShares,
): GlobalFold<EventRecorded> {
  const asked = (table: TableOf): AskedWindows => askedBy(table(blueprintTable));
  const sharedIn = (table: TableOf): ReadonlySet<string> => (shares === undefined ? nothing : asked(table).shared);
  const wholeIn = (table: TableOf): ReadonlySet<string> =>
    shares === undefined ? new Set(asked(table).byId.keys()) : asked(table).whole;
  const sharesIn = (table: TableOf): readonly string[] =>
    shares === undefined ? [] : [...sharedIn(table)].flatMap((stateId) => shares.partsOf(stateId));
  return Object.freeze({
    kind: "fold",
    name: "event-windows",
    topic: events,
    tables: [blueprintTable],
    parts: {
      asked: (table) => [...wholeIn(table), ...sharesIn(table)],
      needed: (table) => {
        const whole = wholeIn(table);
        return needed(table(blueprintTable)).filter((stateId) => whole.has(stateId));
      },
      partOf: (key) => key.slice(0, key.indexOf("|")),
      disk: {
        wanted: (table) => {
          const { onDisk, shared } = asked(table);
          return [...onDisk, ...(shares === undefined ? shared : sharesIn(table))];
        },
        prefixOf: (part) => `${part}|`,
        runOf,
      },
      ...(shares === undefined ? {} : heldBy(shares, sharedIn)),
    },
    placeOf: tilePlaceOf,
    fold(record, bytes, table, scope) {
      const { kind, attributes } = record.value;
      const { byEvent, shared, whole } = asked(table);
      let full: FullTile | undefined;
      for (const of of byEvent.get(kind) ?? []) {
        const start = tileOf(record.time, of.tileMs);
        const isShared = shares !== undefined && shared.has(of.stateId);
        if (!isShared && isOutside(scope, of, start)) continue;
        const key = groupKey(of, attributes);
        if (key === null) continue;
        const values = eventValues(of, attributes);
        for (const group of isShared ? partsOf(of, key, whole.has(of.stateId), shares) : [of]) {
          if (isShared && (bytes.holds?.(group.stateId) === false || isOutside(scope, group, start))) continue;
          keepWords(bytes, group, start, attributes, values);
          const at = tileKey(group, start, key);
          const tile = bytes.get(at) ?? null;
          if (staysPlain(tile, values.length)) bytes.put(at, insertEvent(tile, record.time, values));
          else if (!addToTree(bytes, group, start, key, record.time, values)) full = { group, start, key };
        }
      }
      if (full !== undefined) throw tileIsFull(full);
    },
    lateMs: (table) => asked(table).slackMs,
    evict(time, bytes, table) {
      const { byId } = asked(table);
      const isDone = (stateId: string, start: number): boolean => {
        const group = byId.get(stateIdOf(stateId));
        return group !== undefined && isOver(group, start, time);
      };
      for (const key of bytes.oldest(isDone)) bytes.delete(key);
    },
  } satisfies GlobalFold<EventRecorded>);
}

const nothing: ReadonlySet<string> = Object.freeze(new Set<string>());

/** The parts that have the events of a key: that of its share, and the whole group for a version that keeps it so. */
function partsOf(group: WindowGroup, key: string, isWhole: boolean, shares: WindowShares): readonly WindowGroup[] {
  const part = shares.partOf(group, key);
  return [...(isWhole ? [group] : []), ...(part === undefined ? [] : [part])];
}

/** Shares that were kept stay until it is known which ones this instance has. */
const heldBy = (
  shares: WindowShares,
  sharedIn: (table: TableOf) => ReadonlySet<string>,
): Pick<FoldParts, "version" | "keeps"> => ({
  version: () => shares.version,
  keeps: (part, table) =>
    !shares.areKnown && shares.areCounted && isShare(part) && sharedIn(table).has(stateIdOf(part)),
});

function isOutside(scope: FoldScope | undefined, group: WindowGroup, start: number): boolean {
  if (scope === undefined) return false;
  return !scope.parts.has(group.stateId) || isOver(group, start, scope.since) || !isOver(group, start, scope.until);
}

/** No decision at `time` or later needs the tile. */
const isOver = (group: WindowGroup, start: number, time: number): boolean => tileExpiry(group, start) < time;

/** The groups of the versions, live or not: one for each state id. */
interface AskedWindows {
  readonly byId: ReadonlyMap<string, WindowGroup>;
  /** State ids of the groups that a version keeps whole in each instance. */
  readonly whole: ReadonlySet<string>;
  /** State ids of the groups that a version keeps by share. */
  readonly shared: ReadonlySet<string>;
  /** State ids of the groups that a version keeps on disk. */
  readonly onDisk: ReadonlySet<string>;
  /** Groups by kind of event. */
  readonly byEvent: ReadonlyMap<string, readonly WindowGroup[]>;
  /**
   * At the end of history, event time goes on by the longest wait for a label, so that all rows are made: the next
   * import begins before that.
   */
  readonly slackMs: number;
}

type TableOf = Parameters<GlobalFold<EventRecorded>["fold"]>[2];

/** Worked out once a change of the table. */
function windowsAskedBy(versions: Versions): (blueprints: GlobalView<BlueprintPublished>) => AskedWindows {
  const known = new WeakMap<ValidBlueprints, AskedWindows>();
  return (blueprints) => {
    const valid = validBlueprints(blueprints);
    let windows = known.get(valid);
    if (windows === undefined) {
      const all = versions(valid);
      const groups = all.flatMap((each) => each.groups);
      const byId = new Map(groups.map((group) => [group.stateId, group]));
      const at = (places: readonly WindowGroup["place"][]): ReadonlySet<string> =>
        new Set(groups.filter(({ place }) => places.includes(place)).map(({ stateId }) => stateId));
      const [whole, onDisk, shared] = [at(["memory", "disk"]), at(["disk"]), at(["keyed"])];
      const longestWait = all.reduce((most, { waitMs }) => Math.max(most, waitMs), 0);
      const slackMs = EVICTION_SLACK_MS + longestWait;
      windows = { byId, whole, onDisk, shared, byEvent: Map.groupBy(byId.values(), ({ event }) => event), slackMs };
      known.set(valid, windows);
    }
    return windows;
  };
}

/**
 * Groups of versions that decide, have decided or will decide. A version that was never live may be filled while others
 * decide.
 */
function neededNow(blueprints: GlobalView<BlueprintPublished>): readonly string[] {
  const valid = validBlueprints(blueprints);
  return [...blueprints.values()]
    .filter(({ activations }) => activations.some(({ live }) => live))
    .flatMap(({ useCase, version }) => valid.version(useCase, version)?.groups ?? [])
    .map(({ stateId }) => stateId);
}

type Group = Pick<WindowGroup, "stateId">;

/**
 * Key of a part of a tile; empty path: the tile itself. Other paths stand behind the start, since the key may hold any
 * character.
 */
export const partKey = ({ stateId }: Group, start: number, path: string, key: string): string =>
  path === "" ? tileKey({ stateId }, start, key) : `${stateId}|${start}.${path}|${key}`;

export const tileKey = ({ stateId }: Group, start: number, key: string): string => `${stateId}|${start}|${key}`;

/** A key up to its start, which tells a tile from parts of tiles too. */
function runOf(at: string): string {
  const first = at.indexOf("|");
  const second = at.indexOf("|", first + 1);
  const dot = at.slice(first, second).indexOf(".");
  return at.slice(0, (dot < 0 ? second : first + dot) + 1);
}

/** Tiles of one group and key are a series by their starts; parts of tiles belong to no series. */
function tilePlaceOf(at: string): BytesPlace {
  const first = at.indexOf("|");
  const second = at.indexOf("|", first + 1);
  const start = at.slice(first + 1, second);
  return {
    part: at.slice(0, first),
    number: Number.parseInt(start, 10),
    name: start.includes(".") ? null : at.slice(second + 1),
  };
}

/** The key of the whole tile, from its own key or that of a part. */
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

/** The values of an event in a group's tiles, beside its time; null: missing. */
export const eventValues = (
  { fields }: Pick<WindowGroup, "fields">,
  attributes: EventRecorded["attributes"],
): readonly (number | null)[] => fields.map((field) => field.valueOf(attributes));

/**
 * Tiles by key. `warming`: state ids of groups whose tiles do not count all events yet. `remembers`: whether a group,
 * by its state id, still has all tiles for a decision of this time; ask it only for times before `remembersFrom`.
 */
export type WindowBytes = Pick<Bytes, "get"> & Partial<Omit<BytesView, "get">>;
